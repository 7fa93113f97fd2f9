import { durationText } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Time of day; with its date when that is another than `day`. */
export const timeOn = (day: string, at: Instant): string => (at.slice(0, 10) === day ? at.slice(11, 23) : `${at.slice(0, 10)} ${at.slice(11, 23)}`);

export const dayOf = (at: Instant): string => at.slice(0, 10);

/** How old something was: `8.4s`, `12m 3.250s`, `1h 0.012s`. */
export const ageText = (ms: number): string => {
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)}s`;
  const rest = ms % MINUTE;
  const whole = durationText(ms - rest);
  return rest === 0 ? whole : `${whole} ${(rest / SECOND).toFixed(3)}s`;
};

/** How much later: `+12 ms`, `+0.889 s`, `+2h` … */
export const laterText = (ms: number): string => {
  const sign = ms < 0 ? '-' : '+';
  const size = Math.abs(ms);
  if (size < HOUR) return `${sign}${(size / SECOND).toFixed(3)} s`;
  return `${sign}${durationText(Math.round(size / MINUTE) * MINUTE)}`;
};

/** How late a verdict fell: below a second in ms. */
export const lateText = (ms: number): string => (Math.abs(ms) < SECOND ? `${ms < 0 ? '' : '+'}${ms} ms` : laterText(ms));
