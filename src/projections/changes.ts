import type { WatchdogEvent } from '../domain/board/board.ts';
import type { Told } from '../domain/board/sameError.ts';
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
  readonly revoked: { readonly at: number; readonly then: Then } | null;
  /** When to try again to stop the revoked run, once a stop has failed. */
  readonly retry_at: number | null;
};

/** What of a claim may move while its run is open; what is left out stays as it was: `{ ...claim, ...move }` is the claim afterwards. */
export type ClaimMove = Partial<Pick<Claim, 'lease_ms' | 'claim_expires' | 'last_heartbeat_at' | 'started' | 'limits' | 'revoked' | 'retry_at'>>;

/**
 * `opened` replaces whatever was known of the task. `moved` carries only what changed, because a stream that kept every claim to send it
 * whole at each beat would hold them all twice; `run` null: whichever run is open. `closed`: no open run any more. The last two may name a
 * task of another board: ignore what is not held.
 */
export type ClaimChange =
  | { readonly kind: 'opened'; readonly task_id: string; readonly claim: Claim }
  | { readonly kind: 'moved'; readonly task_id: string; readonly run: number | null; readonly move: ClaimMove }
  | { readonly kind: 'closed'; readonly task_id: string };

/**
 * Coalesced per log batch: at most one change per task. `position`: everything up to here is in this batch or an earlier one.
 * `policy_changed`: the board's own stream moved. `holds`: what this board's watchdogs recorded since the stream of changes began (earlier
 * ones are read from their own stream, at the start). `caught_up`: nothing is known to be missing.
 */
export type ClaimBatch = {
  readonly changes: readonly ClaimChange[];
  readonly position: bigint;
  readonly policy_changed: boolean;
  readonly holds: readonly WatchdogEvent[];
  /** Runs that crashed and resumptions of the board, in the order of the log; those of before come first, some perhaps twice. */
  readonly crashes: readonly Told[];
  readonly caught_up: boolean;
};
