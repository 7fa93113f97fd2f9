import { type Finding, type Target, verdictOf } from './benchmark.ts';

/** One line of the report, also as JSON. */
export type Row = {
  readonly benchmark: string;
  readonly id: string;
  readonly what: string;
  readonly unit: Target['unit'];
  readonly value: number | null;
  readonly target: string | null;
  readonly verdict: 'ok' | 'MISS' | null;
  readonly note: string | null;
};

/** One row per target, in its order; a target without a finding has no value. */
export const rowsOf = (benchmark: string, targets: readonly Target[], findings: readonly Finding[]): readonly Row[] =>
  targets.map((target) => {
    const found = findings.find(({ id }) => id === target.id);
    return {
      benchmark,
      id: target.id,
      what: target.what,
      unit: target.unit,
      value: found?.value ?? null,
      target: boundOf(target),
      verdict: found === undefined ? null : (verdictOf(target, found.value) ?? null),
      note: found?.note ?? null,
    };
  });

const boundOf = ({ at_least, at_most, unit }: Target): string | null => {
  const bounds = [at_least === undefined ? [] : [`≥ ${at_least}`], at_most === undefined ? [] : [`≤ ${at_most}`]].flat();
  return bounds.length === 0 ? null : `${bounds.join(' ')} ${unit}`;
};

const significant = (value: number): string => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3))));

export const lineOf = ({ id, what, value, unit, target, verdict, note }: Row): string =>
  [
    id.padEnd(22),
    what.padEnd(66),
    (value === null ? '–' : `${significant(value)} ${unit}`).padStart(13),
    (target ?? '').padStart(11),
    (verdict ?? '').padEnd(4),
    note ?? '',
  ]
    .join('  ')
    .trimEnd();
