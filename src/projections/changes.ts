import type { Then } from '../domain/evidence.ts';
import type { TaskLimits } from '../domain/policy.ts';
import type { ProcessIdentity, Started } from '../domain/process.ts';

/** What the claims projection says of one open run; enough to know when to look again, never enough to judge (the stream is judged). */
export type Claim = {
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  /** ms since the epoch, as are all times here: a watchdog holds many. */
  readonly claimed_at: number;
  readonly lease_ms: number;
  readonly claim_expires: number;
  readonly last_heartbeat_at: number | null;
  readonly process: ProcessIdentity | null;
  readonly started: Started | null;
  readonly limits: TaskLimits;
  readonly revoked: { readonly at: number; readonly then: Then; readonly retry_at: number | null } | null;
};

/** `claim` is null when the task has no open run any more. */
export type ClaimChange = { readonly task_id: string; readonly claim: Claim | null };

/** Coalesced per log batch: at most one change per task. `policy_changed`: the board's own stream moved. `caught_up`: nothing is known to be missing. */
export type ClaimBatch = { readonly changes: readonly ClaimChange[]; readonly position: bigint; readonly policy_changed: boolean; readonly caught_up: boolean };
