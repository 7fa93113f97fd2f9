import { toMs } from '../../../domain/instant.ts';
import type { OverdueClaim } from '../../../projections/diagnostics/overdueClaims.ts';
import { about, withAge } from './ages.ts';

const NAMED = 5;

/** `t_… run 1 since 37s and 2 more` */
export const namedRuns = (late: readonly { readonly task_id: string; readonly run: number; readonly ms: number }[]): string => {
  const first = late.toSorted((a, b) => b.ms - a.ms).slice(0, NAMED);
  const rest = late.length - first.length;
  return `${first.map(({ task_id, run, ms }) => `${task_id} run ${run} since ${about(ms)}`).join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
};

/** `1 of 2 open claims overdue: …; nobody is watching`, or from when that is so; undefined: none is overdue. */
export const overdueClaimsText = (overdue: readonly OverdueClaim[], open: number, now: number): string | undefined => {
  const [first, ...rest] = overdue;
  if (first === undefined) return undefined;
  const from = rest.reduce((least, { unwatched_from }) => (toMs(unwatched_from) < toMs(least) ? unwatched_from : least), first.unwatched_from);
  const which = namedRuns(overdue.map(({ task_id, run, overdue_ms }) => ({ task_id, run, ms: overdue_ms })));
  const watched = toMs(from) < now ? 'nobody is watching' : `counts as unwatched from ${withAge(from, now)}`;
  return `${overdue.length} of ${open} open claims overdue: ${which}; ${watched}`;
};
