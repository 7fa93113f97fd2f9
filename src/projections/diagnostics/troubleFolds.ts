import type { Instant } from '../../domain/instant.ts';
import type { RunEnd } from '../../domain/task/state.ts';
import type { DataOf } from '../../domain/task/events.ts';
import type { Streak, TakenRun, TroubleRow } from './troubleRow.ts';

/** More of an error or a reason than this is in the history only (the reference's 500 characters). */
const MOST_TEXT = 500;
/** Cycles kept of one task: the largest threshold there is. */
const MOST_CYCLES = 50;
/** Runs kept that a verdict took away; a worker that comes back comes back soon. */
const MOST_TAKEN = 8;

export const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text);

type Ended = { readonly at: Instant; readonly run: number; readonly end: RunEnd; readonly error: string | null; readonly counts_as_failure: boolean };

const longer = (streak: Streak | null, { at, run, end, error }: Ended): Streak => ({
  count: (streak?.count ?? 0) + 1,
  first_at: streak?.first_at ?? at,
  last_at: at,
  run,
  end,
  error: error === null ? null : cut(error),
});

/**
 * Failures in a row as the decider counts them, and crashes in a row. Of the latter only a success or a reclaim that is nobody's failure
 * breaks the streak: a task that fails between two crashes, or that a person let go on, still crashes (facts/hermes-kanban.md §1.14).
 */
export const streakAfter = (
  row: TroubleRow,
  ended: Ended,
  { clears_failures, clears_crashes }: { readonly clears_failures: boolean; readonly clears_crashes: boolean },
): TroubleRow => {
  const failures = ended.counts_as_failure ? longer(row.failures, ended) : clears_failures ? null : row.failures;
  const crashes = ended.end === 'crashed' ? longer(row.crashes, ended) : clears_crashes ? null : row.crashes;
  return { ...row, failures, crashes };
};

/** The open block, if there is one, was lifted: one cycle more, in the order of the events, whatever was said between. */
export const lifted = (row: TroubleRow, lifted_at: Instant): TroubleRow => {
  if (row.block === null) return row;
  const { at: blocked_at, kind, reason } = row.block;
  const cycles = [...row.cycles, { blocked_at, lifted_at, kind, reason }];
  const surplus = Math.max(0, cycles.length - MOST_CYCLES);
  return { ...row, block: null, cycles: cycles.slice(surplus), cycles_left_out: row.cycles_left_out + surplus };
};

/** A person may take any run away; only a verdict can be wrong. */
const isVerdict = ({ reason }: { readonly reason: string }): boolean => reason !== 'operator' && reason !== 'cancelled';

/** Remembers a run that a verdict took away: revoked first, or reclaimed at once. */
export const heldTaken = (row: TroubleRow, data: DataOf<'RunRevoked'> | DataOf<'TaskReclaimed'>): TroubleRow => {
  if (!isVerdict(data) || row.taken.some(({ run }) => run === data.run)) return row;
  const { at: taken_at, run, reason: verdict, evidence } = data;
  const { last_heartbeat_at, progress_since = null, policy } = evidence;
  const taken: TakenRun = { run, verdict, taken_at, last_heartbeat_at, progress_since, policy, late: [] };
  return { ...row, taken: [...row.taken, taken].slice(-MOST_TAKEN) };
};
