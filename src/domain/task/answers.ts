import type { Caps } from '../caps.ts';
import type { Instant } from '../instant.ts';
import type { EndedRun, Status } from './state.ts';

/** Why the board said no. The exit code and HTTP status of each stand in one table at the edge (design §7). */
export type RefusalCode =
  | 'InvalidInput' // 2: which field, its value, what is allowed
  | 'NotFound' // 3
  | 'AlreadyExists' // 4: a task of that id with another body
  | 'AlreadyClaimed' // 4: who holds it, until when
  | 'NotClaimable' // 4: its status, or what it waits for
  | 'BoardPaused' // 6
  | 'AtCap' // 6: which cap, and how many runs are open
  | 'NotRunning' // 4
  | 'RunRequired' // 2: a run is open and the command names none; never prints the run
  | 'WrongStatus' // 4
  | 'HumanRequired' // 4: only a person lifts needs_input
  | 'StaleRun' // 5
  | 'HeartbeatStale' // 4: an extension that would move nothing
  | 'WaitsForParents' // 4: which parents are not finished
  | 'DependencyCycle' // 4: the path
  | 'StillAlive' // 4: a child of an earlier run lives on this host
  | 'InvalidPolicy' // 2: values that make no sense together
  | 'CommandConflict' // 4: the command id was used with another body
  | 'Unreadable'; // 7

/** `message` is one sentence for people; what is allowed instead, or the next step, is in it. */
export type Refusal = { readonly ok: false; readonly code: RefusalCode; readonly message: string } & { readonly [fact: string]: unknown };

export type StaleRun = Refusal & {
  readonly code: 'StaleRun';
  readonly directive: 'stop';
  readonly current_run: number | null;
  readonly holder: string | null;
  readonly held_since: Instant | null;
  /** How the caller's run ended, null when there never was such a run. */
  readonly reason: string | null;
  readonly ended_at: Instant | null;
  /** Revision of StaleCommandRefused: where the payload is kept; null when nothing was kept. */
  readonly kept_at_revision: string | null;
};

/** What every yes says: where the command left the task. */
export type Ok = { readonly ok: true; readonly task_id: string; readonly status: Status; readonly revision: string };
export type Done = Ok & { readonly repeated?: boolean };
/** `unfinished`: how many parents it waits for; `waits_for`: the first of them. */
export type Gated = Done & { readonly unfinished: number; readonly waits_for: readonly string[] };
export type Claimed = Ok & {
  readonly run: number;
  readonly worker: string;
  readonly lease_ms: number;
  readonly lease_source: string;
  readonly claim_expires: Instant;
  /** Beat at least this often: a third of the lease. */
  readonly beat_within_ms: number;
  readonly previous_runs: readonly EndedRun[];
  /** The limits across tasks that it was made under, where there are any. */
  readonly caps?: Caps;
};
export type Beaten = Ok & {
  readonly run: number;
  readonly claim_expires: Instant;
  readonly last_heartbeat_at: Instant | null;
  readonly directive: 'continue' | 'stop';
  readonly reason: string | null;
};
/** What a judgement, a stop or an operator's command led to. `pending`: revoked, the worker is being stopped. */
export type Judged = Ok & {
  readonly run: number | null;
  readonly verdict: 'extended' | 'revoked' | 'reclaimed' | 'deferred' | 'none';
  readonly reason: string | null;
};

/** The answer to each command when the board says yes. */
export type Accepted = {
  readonly CreateTask: Done;
  readonly EditTask: Done;
  readonly AssignTask: Judged;
  readonly AddComment: Done;
  readonly ClaimTask: Claimed;
  readonly RecordWorkerStarted: Beaten;
  readonly RecordHeartbeat: Beaten;
  readonly ExtendClaim: Beaten;
  readonly CompleteTask: Done;
  /** `not_before`: when the task may be claimed again, null: at once, or only when a person acted. */
  readonly FailRun: Done & { readonly gave_up: boolean; readonly not_before: Instant | null };
  readonly BlockTask: Done;
  readonly UnblockTask: Done;
  readonly ReleaseClaim: Done;
  readonly JudgeRun: Judged;
  readonly ReportStop: Judged;
  readonly ReclaimTask: Judged;
  readonly CancelTask: Judged;
  readonly ArchiveTask: Judged;
  readonly ReopenTask: Done;
  readonly LinkTask: Gated;
  readonly UnlinkTask: Gated;
  readonly PromoteTask: Done;
  readonly DemoteTask: Done;
  readonly ScheduleTask: Done & { readonly scheduled_until: Instant };
};
