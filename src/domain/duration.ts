const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy;
const isUnit = (text: string): text is keyof typeof UNIT_MS => text in UNIT_MS;

export const DURATION_FORMS = 'a number with a unit, such as 500ms, 90s, 15m, 1h30m or 2d';

/** ms of `90s`, `15m`, `1h30m`; `0` and `0s` are 0. undefined when it is not a duration: negative, without a unit, or something else. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0;
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  const ms = parts.reduce((sum, [, amount, unit = '']) => sum + (isUnit(unit) ? Number(amount) * UNIT_MS[unit] : Number.NaN), 0);
  return Number.isFinite(ms) ? ms : undefined;
};

/** The shortest exact text for a length in ms: 900000 → `15m`, 5400000 → `1h30m`, 8400 → `8.4s`, 250 → `250ms`. */
export const durationText = (ms: number): string => {
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const whole = [
    { size: UNIT_MS.d, unit: 'd' },
    { size: UNIT_MS.h, unit: 'h' },
    { size: UNIT_MS.m, unit: 'm' },
  ] as const;
  const { text, rest } = whole.reduce(
    (built, { size, unit }) => {
      const count = Number.parseInt(String(built.rest / size), 10);
      return count === 0 ? built : { text: `${built.text}${count}${unit}`, rest: built.rest - count * size };
    },
    { text: '', rest: ms },
  );
  return rest === 0 ? text : `${text}${rest / 1000}s`;
};
