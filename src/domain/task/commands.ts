import { z } from 'zod';
import { Cap, OverCap } from '../caps.ts';
import { durationText } from '../duration.ts';
import { Judge, OPERATOR, Stop } from '../evidence.ts';
import { BoardSlug, Run, TaskId, WorkerId } from '../ids.ts';
import { ChosenInstant, Instant } from '../instant.ts';
import { POLICY } from '../limits.ts';
import { PolicyValues, TaskLimits } from '../policy.ts';
import { NOT_LOOKED, Probe, ProcessIdentity, Started } from '../process.ts';
import { FAILURE_OUTCOMES, RELEASE_REASONS } from '../outcomes.ts';
import { BlockKind, InitialStatus } from './events.ts';
import { Parents, ParentsSeen } from './parents.ts';
import { Artifacts, Body, Checkpoint, IdempotencyKey, Input, Labels, NewTitle, Note, Percent, Priority, Reason, Result, Summary, Text } from './fields.ts';

/** Every command names its task; `at` is stamped by the board, never by the caller. */
const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), task_id: TaskId, at: Instant, ...shape });

/** What a worker says about the run it holds: fenced by run and worker. */
const held = { run: Run, worker: WorkerId };
/** What a worker says with its run, or somebody without one: refused (RunRequired) while a run is open, never told which. */
const heldOrNot = { run: Run.nullable(), worker: WorkerId.nullable() };
/** What the board saw of the parents when it decided; never the caller's to say. */
const family = { parents_seen: ParentsSeen };

export const CreateTask = command('CreateTask', {
  board: BoardSlug,
  title: NewTitle,
  body: Body.nullable().default(null),
  input: Input.nullable().default(null),
  labels: Labels.default([]),
  assignee: WorkerId.nullable().default(null),
  priority: Priority.default(0),
  parents: Parents.default([]),
  tenant: z.string().max(200).nullable().default(null),
  status: InitialStatus.default('ready'),
  limits: TaskLimits.default({}),
  idempotency_key: IdempotencyKey.nullable().default(null),
  scheduled_until: ChosenInstant.nullable().default(null),
  ...family,
});
export const EditTask = command('EditTask', {
  title: NewTitle.optional(),
  body: Body.nullable().optional(),
  input: Input.nullable().optional(),
  labels: Labels.optional(),
  priority: Priority.optional(),
  limits: TaskLimits.optional(),
});
/** What an operator says about a task that may be running. `force` does not wait for the stop. `probe`: a look at the open run, if one was possible. */
const operator = {
  note: Reason.nullable().default(null),
  force: z.boolean().default(false),
  probe: Probe.default(NOT_LOOKED),
  judge: Judge.default(OPERATOR),
  /** The board says so, from the actor. */
  by_human: z.boolean().default(false),
};
/** Of a running task: the run is taken back first (RunRevoked, then assign). */
export const AssignTask = command('AssignTask', { assignee: WorkerId.nullable(), ...operator });
export const AddComment = command('AddComment', { text: Text.min(1, 'a comment may not be empty') });

/**
 * `lingering`: a child that Holdfast started for an earlier run was seen alive on this host (rule 5); overridden by `force`.
 * `assignee`: claims on behalf of that name too. A task assigned to neither the worker nor that name is refused.
 * `cap`, `cap_per_assignee`: no more open runs than that, on the board and in that name; the board's own caps hold besides (rule 11).
 */
export const ClaimTask = command('ClaimTask', {
  worker: WorkerId,
  assignee: WorkerId.nullable().default(null),
  lease_ms: PolicyValues.shape.claim_ttl_ms,
  process: ProcessIdentity.nullable().default(null),
  lingering: z.boolean().default(false),
  force: z.boolean().default(false),
  ...family,
  cap: Cap.nullable().default(null),
  cap_per_assignee: Cap.nullable().default(null),
});
/** `lingering`: another child of this run was seen alive on this host (rule 5): the board says so. */
export const RecordWorkerStarted = command('RecordWorkerStarted', { ...held, ...Started.shape, lingering: z.boolean().default(false) });
export const RecordHeartbeat = command('RecordHeartbeat', {
  ...heldOrNot,
  source: z.enum(['worker', 'activity']).default('worker'),
  note: Note.optional(),
  percent: Percent.optional(),
  checkpoint: Checkpoint.optional(),
  lease_ms: PolicyValues.shape.claim_ttl_ms,
});
/** The supervisor saw its child alive: moves the lease, is not a heartbeat. */
export const ExtendClaim = command('ExtendClaim', { ...held, probe: Probe, judge: Judge });
export const CompleteTask = command('CompleteTask', {
  ...heldOrNot,
  summary: Summary.nullable().default(null),
  result: Result.nullable().default(null),
  artifacts: Artifacts.default([]),
});
const { min: SHORTEST, max: LONGEST } = POLICY.rate_limit_cooldown_ms;
/** How long whoever met a rate limit was told to wait: what the board's own cool-down may be, and it comes before that (source call). */
const RETRY_AFTER_RANGE = `it takes from ${durationText(SHORTEST)} to ${durationText(LONGEST)}`;
const RetryAfter = z.int().min(SHORTEST, RETRY_AFTER_RANGE).max(LONGEST, RETRY_AFTER_RANGE);
export const FailRun = command('FailRun', {
  ...heldOrNot,
  outcome: z.enum(FAILURE_OUTCOMES).default('failed'),
  error: Text,
  exit_code: z.int().nullable().default(null),
  signal: z.string().nullable().default(null),
  last_output: Text.nullable().default(null),
  retry_after_ms: RetryAfter.optional(),
}).refine(({ outcome, retry_after_ms }) => retry_after_ms === undefined || outcome === 'rate_limited', {
  path: ['retry_after_ms'],
  error: 'goes with the outcome rate_limited only',
});
export const BlockTask = command('BlockTask', { ...heldOrNot, kind: BlockKind.default('needs_input'), reason: Reason, ...family });
/** `by_human`: the board says so, from the actor. */
export const UnblockTask = command('UnblockTask', { reason: Reason.nullable().default(null), by_human: z.boolean().default(false), ...family });
export const ReleaseClaim = command('ReleaseClaim', {
  ...heldOrNot,
  reason: z.enum(RELEASE_REASONS).default('worker'),
  note: Reason.nullable().default(null),
  over_cap: OverCap.optional(),
});

/**
 * A watchdog nominates a run and hands over what it saw; the decider judges the true stream by the same table, so a heartbeat that
 * landed meanwhile wins. Ends in ClaimExtended, RunRevoked, TaskReclaimed or nothing. `discounted_ms`: clock jump since the claim,
 * which does not count as run time; `beat_discounted_ms`: since the last beat, where that is less. `only_certain`: the watchdog holds or
 * held just now, so only host_restarted, crashed and supervisor_lost may be judged (rule 8).
 */
export const JudgeRun = command('JudgeRun', {
  run: Run,
  probe: Probe,
  judge: Judge,
  view_behind: z.int().min(0),
  discounted_ms: z.number().min(0),
  beat_discounted_ms: z.number().min(0).optional(),
  only_certain: z.boolean(),
});
/** The end of a stop of a revoked run: TaskReclaimed and what the judgement said comes then, or ReclaimDeferred when something survived. */
export const ReportStop = command('ReportStop', { run: Run, stop: Stop, survivors: z.array(z.int()), probe: Probe, judge: Judge });

/** An operator takes a running task back. `force` does not wait for the stop, and also ends a revocation that hangs. */
export const ReclaimTask = command('ReclaimTask', operator);
export const CancelTask = command('CancelTask', operator);
export const ArchiveTask = command('ArchiveTask', operator);
/** `by_human`: the board says so, from the actor. */
export const ReopenTask = command('ReopenTask', { reason: Reason.nullable().default(null), by_human: z.boolean().default(false), ...family });

/** `cycle`: the path by which a new parent already waits for this task, as the board found it. */
export const LinkTask = command('LinkTask', { parents: Parents.min(1), cycle: z.array(TaskId).nullable().default(null), ...family });
/** `cycle`: a second look found that two links made at once had closed one. */
export const UnlinkTask = command('UnlinkTask', {
  parents: Parents.min(1),
  cycle: z.array(TaskId).nullable().default(null),
  reason: Reason.nullable().default(null),
  ...family,
});
/** `by` gate: whoever looks after waiting tasks asks for what the parents or the schedule allow by now; an operator may also be earlier. */
const gate = { by: z.enum(['operator', 'gate']).default('operator'), reason: Reason.nullable().default(null), ...family };
/** `force`: without waiting for parents that are not finished; they are waived for good. */
export const PromoteTask = command('PromoteTask', { ...gate, force: z.boolean().default(false) });
/** Back to waiting, because a parent is not finished (any more). */
export const DemoteTask = command('DemoteTask', { ...family });
export const ScheduleTask = command('ScheduleTask', { until: ChosenInstant, reason: Reason.nullable().default(null) });

const SCHEMAS = {
  CreateTask,
  EditTask,
  AssignTask,
  AddComment,
  ClaimTask,
  RecordWorkerStarted,
  RecordHeartbeat,
  ExtendClaim,
  CompleteTask,
  FailRun,
  BlockTask,
  UnblockTask,
  ReleaseClaim,
  JudgeRun,
  ReportStop,
  ReclaimTask,
  CancelTask,
  ArchiveTask,
  ReopenTask,
  LinkTask,
  UnlinkTask,
  PromoteTask,
  DemoteTask,
  ScheduleTask,
};
export type TaskCommand = z.output<(typeof SCHEMAS)[keyof typeof SCHEMAS]>;
export type TaskCommandType = TaskCommand['type'];
type CommandMap = { readonly [Command in TaskCommand as Command['type']]: Command };
export type CommandOf<Type extends TaskCommandType> = CommandMap[Type];

/** The schema of each command by its type. */
export const COMMANDS: { readonly [Type in TaskCommandType]: z.ZodType<CommandOf<Type>> } = SCHEMAS;

/** What callers give: defaults left out, and no `at`. */
export type CommandInputOf<Type extends TaskCommandType> = Omit<z.input<(typeof SCHEMAS)[Type]>, 'at' | 'type'>;
