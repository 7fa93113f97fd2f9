import { z } from 'zod';
import { BackOff } from '../backoff.ts';
import { Caps, OverCap } from '../caps.ts';
import { Evidence, Stop, Then } from '../evidence.ts';
import { BoardSlug, Revision, Run, TaskId, WorkerId } from '../ids.ts';
import { Instant } from '../instant.ts';
import { FAILURE_OUTCOMES, RECLAIM_REASONS, RELEASE_REASONS } from '../outcomes.ts';
import { Source, Sourced, TaskLimits } from '../policy.ts';
import { ProcessIdentity, Started } from '../process.ts';
import { Because, ParentAt, Parents } from './parents.ts';
import { Artifacts, Body, Checkpoint, Input, Labels, Note, Percent, Priority, Reason, Result, Summary, Text, Title } from './fields.ts';

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object({ at: Instant, ...shape }) });

export const InitialStatus = z.enum(['ready', 'triage', 'blocked']);
/** `todo`: a parent was not finished yet; `scheduled`: its time had not come. */
const CreatedStatus = z.enum([...InitialStatus.options, 'todo', 'scheduled']);

export const TaskCreated = event('TaskCreated', {
  task_id: TaskId,
  board: BoardSlug,
  title: Title,
  body: Body.nullable(),
  input: Input.nullable(),
  labels: Labels,
  assignee: WorkerId.nullable(),
  priority: Priority,
  parents: Parents,
  tenant: z.string().nullable(),
  status: CreatedStatus,
  scheduled_until: Instant.optional(),
  limits: TaskLimits,
  idempotency_key: z.string().nullable(),
});
export const TaskEdited = event('TaskEdited', {
  title: Title.optional(),
  body: Body.nullable().optional(),
  input: Input.nullable().optional(),
  labels: Labels.optional(),
  priority: Priority.optional(),
  limits: TaskLimits.optional(),
});
export const TaskAssigned = event('TaskAssigned', { assignee: WorkerId.nullable() });
export const CommentAdded = event('CommentAdded', { text: Text });

export const TaskClaimed = event('TaskClaimed', {
  run: Run,
  worker: WorkerId,
  lease_ms: z.int().min(1),
  lease_source: Source,
  claim_expires: Instant,
  process: ProcessIdentity.nullable(),
  /** In whose name, where that is not the worker's; the limits across tasks that hold for it (none: it counts for others, and is never over one). */
  assignee: WorkerId.optional(),
  caps: Caps.optional(),
});
export const WorkerStarted = event('WorkerStarted', { run: Run, worker: WorkerId, ...Started.shape });
export const HeartbeatRecorded = event('HeartbeatRecorded', {
  run: Run,
  worker: WorkerId,
  source: z.enum(['worker', 'activity']),
  note: Note.optional(),
  percent: Percent.optional(),
  checkpoint: Checkpoint.optional(),
  lease_ms: z.int().min(1).optional(),
  claim_expires: Instant,
});
export const ClaimExtended = event('ClaimExtended', {
  run: Run,
  why: z.enum(['process_alive', 'supervisor_alive']),
  evidence: Evidence,
  claim_expires: Instant,
});
export const RunRevoked = event('RunRevoked', {
  run: Run,
  reason: z.enum(RECLAIM_REASONS),
  rule: z.string(),
  evidence: Evidence,
  then: Then,
  note: Reason.nullable(),
});
export const ReclaimDeferred = event('ReclaimDeferred', { run: Run, survivors: z.array(z.int()), stop: Stop, times: z.int().min(1), retry_at: Instant });
export const TaskReclaimed = event('TaskReclaimed', {
  run: Run,
  reason: z.enum(RECLAIM_REASONS),
  rule: z.string(),
  counts_as_failure: z.boolean(),
  not_before: Instant.nullable(),
  /** Where `not_before` comes from, when it is a back-off. */
  backoff: BackOff.optional(),
  evidence: Evidence,
  stop: Stop.nullable(),
  note: Reason.nullable(),
});
export const ClaimReleased = event('ClaimReleased', {
  run: Run,
  worker: WorkerId,
  reason: z.enum(RELEASE_REASONS),
  note: Reason.nullable(),
  over_cap: OverCap.optional(),
});
export const RunFailed = event('RunFailed', {
  run: Run,
  worker: WorkerId,
  outcome: z.enum(FAILURE_OUTCOMES),
  error: Text,
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  last_output: Text.nullable(),
  counts_as_failure: z.boolean(),
  /** The limit in force, where it counts: a reader need not know the board's policy of that day. */
  failure_limit: Sourced.optional(),
  not_before: Instant.nullable(),
  /** What the worker was told to wait, where `not_before` comes from that and not from the board's cool-down. */
  retry_after_ms: z.int().optional(),
  /** As in TaskReclaimed. */
  backoff: BackOff.optional(),
});
export const TaskGaveUp = event('TaskGaveUp', {
  run: Run,
  failures: z.int().min(1),
  limit: z.int().min(1),
  limit_source: Source,
  tripped_by: z.enum([...RECLAIM_REASONS, ...FAILURE_OUTCOMES]),
});

/** `run` is null when a person completed or blocked a task that nobody held. */
export const TaskCompleted = event('TaskCompleted', {
  run: Run.nullable(),
  worker: WorkerId.nullable(),
  summary: Summary.nullable(),
  result: Result.nullable(),
  artifacts: Artifacts,
});
export const BlockKind = z.enum(['dependency', 'needs_input', 'capability', 'transient']);
export const TaskBlocked = event('TaskBlocked', {
  run: Run.nullable(),
  worker: WorkerId.nullable(),
  kind: BlockKind,
  reason: Reason,
  recurrence: z.int().min(1),
});
export const TaskEscalated = event('TaskEscalated', { kind: BlockKind, recurrence: z.int().min(2), reason: Reason });
export const TaskUnblocked = event('TaskUnblocked', { reason: Reason.nullable() });
export const TaskArchived = event('TaskArchived', { reason: Reason.nullable(), cancelled: z.boolean() });
export const TaskReopened = event('TaskReopened', { reason: Reason.nullable() });

/** `unfinished`: those of the new parents that it must wait for. */
export const TaskLinked = event('TaskLinked', { parents: Parents.min(1), unfinished: z.array(ParentAt) });
/** `cycle`: two links that were made at once had closed one; the path. */
export const TaskUnlinked = event('TaskUnlinked', { parents: Parents.min(1), cycle: z.array(TaskId).optional(), reason: Reason.nullable() });
/** `waived`: parents that a person decided not to wait for. */
export const TaskPromoted = event('TaskPromoted', { to: z.enum(['ready', 'todo']), because: Because, waived: z.array(TaskId).optional() });
export const TaskDemoted = event('TaskDemoted', { to: z.literal('todo'), because: Because });
export const TaskScheduled = event('TaskScheduled', { until: Instant, reason: Reason.nullable() });

/** The late command of a run that was over, kept for salvage; once per run and command type. */
export const StaleCommandRefused = event('StaleCommandRefused', {
  run: Run,
  worker: WorkerId,
  command: z.string(),
  payload: z.record(z.string(), z.unknown()),
  current_run: Run.nullable(),
  ended_revision: Revision.nullable(),
});

export const TaskEvent = z.discriminatedUnion('type', [
  TaskCreated,
  TaskEdited,
  TaskAssigned,
  CommentAdded,
  TaskClaimed,
  WorkerStarted,
  HeartbeatRecorded,
  ClaimExtended,
  RunRevoked,
  ReclaimDeferred,
  TaskReclaimed,
  ClaimReleased,
  RunFailed,
  TaskGaveUp,
  TaskCompleted,
  TaskBlocked,
  TaskEscalated,
  TaskUnblocked,
  TaskArchived,
  TaskReopened,
  TaskLinked,
  TaskUnlinked,
  TaskPromoted,
  TaskDemoted,
  TaskScheduled,
  StaleCommandRefused,
]);
/** Parsed when appended and in `verify`; a replay trusts the checksum. */
export type TaskEvent = z.output<typeof TaskEvent>;
export type TaskEventType = TaskEvent['type'];
type EventData = { readonly [Event in TaskEvent as Event['type']]: Event['data'] };
export type DataOf<Type extends TaskEventType> = EventData[Type];
