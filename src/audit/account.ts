import type { BackOff } from '../domain/backoff.ts';
import type { Evidence, Stop } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';
import type { Source } from '../domain/policy.ts';
import type { DataOf } from '../domain/task/events.ts';
import type { RunEnd } from '../domain/task/state.ts';

/** How a run that was not completed came to its end; `revoked`: judged, and its worker is being stopped. */
export type Outcome = 'reclaimed' | 'failed' | 'released' | 'blocked' | 'revoked';

export type LastBeat = {
  readonly revision: bigint;
  readonly at: Instant;
  readonly source: 'worker' | 'activity';
  readonly note: string | null;
  readonly percent: number | null;
  /** Age when the run was judged, or ended. */
  readonly age_ms: number;
};
/** Leases moved since the last beat because somebody saw the process alive. */
export type Extensions = {
  readonly count: number;
  readonly why: readonly DataOf<'ClaimExtended'>['why'][];
  readonly first_revision: bigint;
  readonly last_revision: bigint;
  readonly first_at: Instant;
  readonly last_at: Instant;
};
export type FailureCount = { readonly failures: number; readonly limit: number | null; readonly limit_source: Source | null };
type LateCommand = { readonly command: string; readonly revision: bigint; readonly at: Instant };
/** What happened to the task next. `after_ms`: since the run ended. */
export type Next = {
  readonly what: 'claimed' | 'gave_up' | 'archived' | 'completed';
  readonly revision: bigint;
  readonly at: Instant;
  readonly run: number | null;
  readonly after_ms: number;
};

/** Everything the events say of one run that ended other than by completion. Ages and lengths are in ms. */
export type RunAccount = {
  readonly run: number;
  readonly worker: string;
  readonly outcome: Outcome;
  readonly end: RunEnd;
  readonly ended_at: Instant;
  readonly ended_revision: bigint;
  /** Whose word the end is: of a run that was stopped, who wished it, not who reported it. */
  readonly said_by: string;
  /** Who judged by the evidence. */
  readonly judged_by: string;
  /** The error, the reason of a block, or a note. */
  readonly said: string | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly last_output: string | null;
  readonly counts_as_failure: boolean;
  readonly failure_count: FailureCount | null;
  readonly not_before: Instant | null;
  /** Where that comes from, when it is a back-off. */
  readonly backoff: BackOff | null;
  /** What a rate limited worker was told to wait (ms), where `not_before` comes from that. */
  readonly retry_after_ms: number | null;
  readonly claimed_at: Instant;
  readonly claimed_revision: bigint;
  readonly lease_ms: number;
  readonly lease_source: Source;
  readonly claim_expires: Instant;
  readonly last_beat: LastBeat | null;
  readonly beats: number;
  readonly extended: Extensions | null;
  readonly rule: string | null;
  readonly evidence: Evidence | null;
  readonly revoked_at: Instant | null;
  readonly stop: Stop | null;
  readonly next: Next | null;
  readonly late_commands: readonly LateCommand[];
  /** What would have kept the run. */
  readonly prevented_by: string;
};

export type Explanation = {
  readonly task_id: string;
  readonly title: string;
  readonly status: string;
  /** The status in words: `done by run 3`. */
  readonly standing: string;
  readonly runs_total: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly runs: readonly RunAccount[];
};
