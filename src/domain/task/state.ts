import type { Evidence, Then } from '../evidence.ts';
import type { Instant } from '../instant.ts';
import type { FailureOutcome, ReclaimReason, ReleaseReason } from '../outcomes.ts';
import type { Source, TaskLimits } from '../policy.ts';
import type { ProcessIdentity, Started } from '../process.ts';
import type { DataOf } from './events.ts';
import type { EndingEvent } from './reach.ts';

export type Status = 'triage' | 'todo' | 'scheduled' | 'ready' | 'running' | 'blocked' | 'done' | 'archived';

/** The newest beat of a run; what a beat leaves out keeps the value of the one before. */
type Beat = {
  readonly at: Instant;
  readonly revision: number;
  readonly source: 'worker' | 'activity';
};
type Progress = { readonly note: string | null; readonly percent: number | null; readonly checkpoint: unknown };

export type Revocation = {
  readonly at: Instant;
  readonly revision: number;
  readonly reason: ReclaimReason;
  readonly rule: string;
  readonly then: Then;
  readonly note: string | null;
  /** What the judgement rested on; TaskReclaimed repeats it. */
  readonly evidence: Evidence;
  readonly deferred: { readonly times: number; readonly retry_at: Instant } | null;
};

/** A late command kept by StaleCommandRefused, and where. Workers and users see this: revisions are text, as everywhere in JSON. `bare`: a beat with nothing to salvage. */
export type Kept = { readonly command: string; readonly revision: string; readonly bare?: true };

/** Everything of a run lives here, so that a new claim starts clean: no beat, process or grace is inherited. */
export type OpenRun = {
  readonly run: number;
  readonly worker: string;
  readonly claimed_at: Instant;
  readonly lease_ms: number;
  readonly lease_source: Source;
  readonly claim_expires: Instant;
  readonly process: ProcessIdentity | null;
  readonly started: Started | null;
  readonly last_beat: Beat | null;
  readonly beats: number;
  readonly progress: Progress;
  /** Since when percent and checkpoint are what they are: the first beat, or the last that changed one of them; null: no beat yet. */
  readonly progress_since: { readonly at: Instant; readonly revision: number } | null;
  readonly revoked: Revocation | null;
  /** Commands of this run that came after it was revoked. */
  readonly kept: readonly Kept[];
};

export type RunEnd = ReclaimReason | FailureOutcome | ReleaseReason | 'completed' | 'blocked';

/** How an earlier run ended: what a successor and a fenced worker are told. */
export type EndedRun = {
  readonly run: number;
  readonly worker: string;
  readonly claimed_at: Instant;
  readonly ended_at: Instant;
  readonly ended_revision: string;
  readonly end: RunEnd;
  /** Tells a verdict of the board (TaskReclaimed) from the run's own. */
  readonly ended_by: EndingEvent;
  readonly error: string | null;
  readonly beats: number;
  readonly progress: Progress;
  /** The child that Holdfast started for it, unless it was seen gone. */
  readonly child: Started | null;
  /** Command types of this run already kept by StaleCommandRefused. */
  readonly kept: readonly Kept[];
};

/** The facts of a task that do not depend on its status. */
export type TaskFacts = Omit<DataOf<'TaskCreated'>, 'at' | 'status' | 'limits' | 'scheduled_until'> & {
  readonly created_at: Instant;
  /** As it was created, whatever was edited since: a repeated CreateTask is compared with this. */
  readonly created: DataOf<'TaskCreated'>;
  readonly limits: TaskLimits;
  /** Parents that a person decided not to wait for. */
  readonly waived: readonly string[];
  /** Revision of the last event folded. */
  readonly revision: number;
  readonly updated_at: Instant;
  /** Since when it has this status; of a ready task also: since when it waits for this assignee. */
  readonly status_since: Instant;
  /** Failures in a row since the last success or the last time a person acted. */
  readonly failures: number;
  readonly last_error: string | null;
  /** Not claimable before; a cool-down or a back-off. */
  readonly not_before: Instant | null;
  /** The newest block kind and how often in a row it came; survives unblock, cleared by completion. */
  readonly block_memory: { readonly kind: DataOf<'TaskBlocked'>['kind']; readonly recurrence: number } | null;
  /** Ended runs, oldest first (all of them: a task gives up long before this grows large). */
  readonly runs: readonly EndedRun[];
  readonly comments: number;
};

export type BlockedBy =
  | { readonly by: 'creation' }
  | { readonly by: 'block'; readonly kind: DataOf<'TaskBlocked'>['kind']; readonly reason: string; readonly since: Instant }
  | { readonly by: 'breaker'; readonly failures: number; readonly limit: number; readonly since: Instant };

export type NoTask = { readonly status: 'absent'; readonly revision: -1 };
export type TaskState =
  | NoTask
  | (TaskFacts & { readonly status: 'triage' | 'todo' | 'ready' })
  | (TaskFacts & { readonly status: 'scheduled'; readonly scheduled_until: Instant })
  | (TaskFacts & { readonly status: 'running'; readonly run: OpenRun })
  | (TaskFacts & { readonly status: 'blocked'; readonly blocked: BlockedBy })
  | (TaskFacts & { readonly status: 'done'; readonly completed: DataOf<'TaskCompleted'> })
  | (TaskFacts & { readonly status: 'archived'; readonly archived: { readonly at: Instant; readonly reason: string | null; readonly cancelled: boolean } });

export type RunningTask = Extract<TaskState, { status: 'running' }>;
export type ExistingTask = Exclude<TaskState, NoTask>;

/** Where an event stands: what every fold writes. */
export type Place = Pick<TaskFacts, 'revision' | 'updated_at' | 'status_since'>;

/**
 * A task without the fields of its status: what a change of status starts from. Spread it after the new fields, not before: V8 adds a field to an
 * object that began with a spread 30 times slower (docs/adr/literals-not-copies.md).
 */
export const factsOf = (task: ExistingTask): TaskFacts => ({
  task_id: task.task_id,
  board: task.board,
  title: task.title,
  body: task.body,
  input: task.input,
  labels: task.labels,
  assignee: task.assignee,
  priority: task.priority,
  parents: task.parents,
  waived: task.waived,
  tenant: task.tenant,
  idempotency_key: task.idempotency_key,
  created_at: task.created_at,
  created: task.created,
  limits: task.limits,
  revision: task.revision,
  updated_at: task.updated_at,
  status_since: task.status_since,
  failures: task.failures,
  last_error: task.last_error,
  not_before: task.not_before,
  block_memory: task.block_memory,
  runs: task.runs,
  comments: task.comments,
});
