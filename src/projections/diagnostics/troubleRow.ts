import type { Instant } from '../../domain/instant.ts';
import type { ReclaimReason } from '../../domain/outcomes.ts';
import type { PolicyKey, Sourced } from '../../domain/policy.ts';
import type { DataOf } from '../../domain/task/events.ts';
import type { RunEnd } from '../../domain/task/state.ts';

export type BlockKind = DataOf<'TaskBlocked'>['kind'];

/** Runs in a row that ended so; `at` and `run` are the newest one's. */
export type Streak = {
  readonly count: number;
  readonly first_at: Instant;
  readonly last_at: Instant;
  readonly run: number;
  readonly end: RunEnd;
  readonly error: string | null;
};

/** A block that nobody has lifted yet. `commented_at`: the newest comment since. */
type OpenBlock = {
  readonly at: Instant;
  readonly run: number | null;
  readonly kind: BlockKind;
  readonly reason: string;
  readonly escalated: boolean;
  readonly commented_at: Instant | null;
};

/** Blocked and lifted again. */
export type Cycle = { readonly blocked_at: Instant; readonly lifted_at: Instant; readonly kind: BlockKind; readonly reason: string };

export type LateWord = { readonly command: string; readonly at: Instant; readonly revision: string };

/** A run that a verdict took from its worker, what the verdict rested on, and what the worker said afterwards. */
export type TakenRun = {
  readonly run: number;
  readonly verdict: ReclaimReason;
  readonly taken_at: Instant;
  readonly last_heartbeat_at: Instant | null;
  readonly progress_since: Instant | null;
  readonly policy: Readonly<Partial<Record<PolicyKey, Sourced>>>;
  readonly late: readonly LateWord[];
};

/** Ids of tasks that a completion named: `results` in its result or artifacts, `mentions` only in its summary. */
export type NamedTasks = {
  readonly at: Instant;
  readonly run: number | null;
  readonly results: readonly string[];
  readonly mentions: readonly string[];
};

/** What diagnostics need of the past of one task, in the order of its events; a task that never gave cause for any has no row. */
export type TroubleRow = {
  readonly task_id: string;
  readonly failures: Streak | null;
  readonly crashes: Streak | null;
  readonly block: OpenBlock | null;
  /** The newest ones, oldest first; `cycles_left_out`: how many older ones are not kept. */
  readonly cycles: readonly Cycle[];
  readonly cycles_left_out: number;
  readonly taken: readonly TakenRun[];
  readonly named: NamedTasks | null;
};

export const noTrouble = (task_id: string): TroubleRow => ({
  task_id,
  failures: null,
  crashes: null,
  block: null,
  cycles: [],
  cycles_left_out: 0,
  taken: [],
  named: null,
});
