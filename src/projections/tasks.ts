import { taskIdOfStream } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { DataOf, TaskEventType } from '../domain/task/events.ts';
import type { RunEnd } from '../domain/task/state.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';
import { beaten } from './beats.ts';
import { atOf } from './instants.ts';
import type { OpenRunRow, TaskRow } from './taskRow.ts';

type Patch = Partial<TaskRow>;
type Fold<Type extends TaskEventType> = (data: DataOf<Type>, row: TaskRow) => Patch;

const NO_RUN = { run: null, worker: null, claimed_at: null, lease_ms: null, claim_expires: null, last_heartbeat_at: null, open_run: null } as const;
const NOTHING: Patch = {};

/** A worker's or a person's last word on a run; without a run nothing ended. */
const ended = (run: number | null, end: RunEnd, at: Instant): Patch => (run === null ? NO_RUN : { ...NO_RUN, last_end: { run, end, at } });
const inRun = (row: TaskRow, moved: Partial<OpenRunRow>): Patch => (row.open_run === null ? NOTHING : { open_run: { ...row.open_run, ...moved } });
const counted = (row: TaskRow, counts: boolean): number => row.failures + (counts ? 1 : 0);

// A newer wish about a revoked run changes what comes then, not since when it is revoked.
const revoked: Fold<'RunRevoked'> = ({ at, reason, then }, row) => {
  const before = row.open_run?.revoked;
  return inRun(row, { revoked: { at: before?.at ?? at, reason, then, retry_at: before?.retry_at ?? null } });
};

const FOLDS: { readonly [Type in TaskEventType]: Fold<Type> } = {
  TaskCreated: () => NOTHING,
  TaskEdited: ({ title, labels, priority, limits }, row) => ({
    title: title ?? row.title,
    labels: labels ?? row.labels,
    priority: priority ?? row.priority,
    limits: limits ?? row.limits,
  }),
  TaskAssigned: ({ assignee }) => ({ assignee, failures: 0 }),
  CommentAdded: () => NOTHING,
  TaskClaimed: ({ run, worker, at, lease_ms, claim_expires, process }) => ({
    status: 'running',
    run,
    worker,
    claimed_at: at,
    lease_ms,
    claim_expires,
    last_heartbeat_at: null,
    not_before: null,
    blocked: null,
    open_run: { process, started: null, note: null, percent: null, progress_at: null, checkpoint_digest: null, revoked: null },
  }),
  WorkerStarted: ({ host, boot_id, pid_namespace, supervisor, child }, row) => inRun(row, { started: { host, boot_id, pid_namespace, supervisor, child } }),
  HeartbeatRecorded: beaten,
  ClaimExtended: ({ claim_expires }, row) => (row.open_run === null ? NOTHING : { claim_expires }),
  RunRevoked: revoked,
  ReclaimDeferred: ({ retry_at }, row) => (row.open_run?.revoked ? inRun(row, { revoked: { ...row.open_run.revoked, retry_at } }) : NOTHING),
  TaskReclaimed: ({ at, run, reason, counts_as_failure, not_before }, row) => ({
    ...ended(run, reason, at),
    status: 'ready',
    not_before,
    failures: reason === 'operator' ? 0 : counted(row, counts_as_failure),
  }),
  ClaimReleased: ({ at, run, reason }) => ({ ...ended(run, reason, at), status: 'ready' }),
  RunFailed: ({ at, run, outcome, counts_as_failure, not_before }, row) => ({
    ...ended(run, outcome, at),
    status: 'ready',
    not_before,
    failures: counted(row, counts_as_failure),
  }),
  TaskGaveUp: ({ tripped_by }) => ({ status: 'blocked', blocked: { by: 'breaker', kind: null, reason: tripped_by } }),
  TaskCompleted: ({ at, run }) => ({ ...ended(run, 'completed', at), status: 'done', failures: 0, blocked: null }),
  TaskBlocked: ({ at, run, kind, reason }) => ({
    ...ended(run, 'blocked', at),
    status: kind === 'dependency' ? 'todo' : 'blocked',
    blocked: kind === 'dependency' ? null : { by: 'block', kind, reason },
  }),
  TaskEscalated: () => ({ ...NO_RUN, status: 'triage', blocked: null }),
  TaskUnblocked: () => ({ ...NO_RUN, status: 'ready', blocked: null, failures: 0, not_before: null }),
  TaskArchived: () => ({ ...NO_RUN, status: 'archived', blocked: null }),
  TaskReopened: () => ({ ...NO_RUN, status: 'ready', blocked: null, failures: 0, not_before: null }),
  TaskLinked: ({ parents }, row) => ({ parents: row.parents + parents.length }),
  TaskUnlinked: ({ parents }, row) => ({ parents: row.parents - parents.length }),
  TaskPromoted: ({ to }) => ({ ...NO_RUN, status: to }),
  TaskDemoted: ({ to }) => ({ ...NO_RUN, status: to }),
  TaskScheduled: ({ until }) => ({ ...NO_RUN, status: 'scheduled', scheduled_until: until }),
  StaleCommandRefused: () => NOTHING,
};

const patchOf = <Type extends TaskEventType>({ type, data }: { readonly type: Type; readonly data: DataOf<Type> }, row: TaskRow): Patch =>
  FOLDS[type](data, row);

const UNKNOWN = {
  ...NO_RUN,
  title: '',
  labels: [],
  assignee: null,
  priority: 0,
  failures: 0,
  not_before: null,
  blocked: null,
  last_end: null,
  limits: {},
  parents: 0,
  scheduled_until: null,
  unreadable: null,
} as const;

const created = ({ id, position, revision }: RecordedEvent, task_id: string, data: DataOf<'TaskCreated'>): TaskRow => ({
  ...UNKNOWN,
  task_id,
  board: data.board,
  title: data.title,
  status: data.status,
  status_since: data.at,
  labels: data.labels,
  assignee: data.assignee,
  priority: data.priority,
  blocked: data.status === 'blocked' ? { by: 'creation', kind: null, reason: null } : null,
  limits: data.limits,
  parents: data.parents.length,
  scheduled_until: data.scheduled_until ?? null,
  created_at: data.at,
  created_position: String(position),
  updated_at: data.at,
  moved_by: id,
  revision: String(revision),
});

/** Of a task with an event of a later version only what cannot have changed its meaning is believed. */
const unreadable = (row: TaskRow | undefined, event: RecordedEvent): TaskRow => {
  const { id, stream, type, data, revision, position } = event;
  const at = atOf(event) ?? '';
  const known = row ?? {
    ...UNKNOWN,
    task_id: taskIdOfStream(stream),
    board: typeof data['board'] === 'string' ? data['board'] : '',
    title: typeof data['title'] === 'string' ? data['title'] : '',
    created_at: at,
    created_position: String(position),
  };
  const seen = { status_since: at, updated_at: at, moved_by: id, revision: String(revision) };
  return { ...known, ...seen, status: 'unreadable', unreadable: { type, revision: String(revision) } };
};

const waitsAnew = (row: TaskRow, { status = row.status, assignee = row.assignee }: Patch): boolean => status !== row.status || assignee !== row.assignee;

const apply = (row: TaskRow | undefined, event: RecordedEvent): TaskRow => {
  const revision = String(event.revision);
  if (row?.unreadable) return { ...row, updated_at: atOf(event) ?? row.updated_at, revision };
  const told = decodeTaskEvent(event);
  if ('unreadable' in told) return unreadable(row, event);
  if (told.type === 'TaskCreated') return created(event, taskIdOfStream(event.stream), told.data);
  if (row === undefined) return unreadable(row, event);
  const patch = patchOf(told, row);
  const status_since = waitsAnew(row, patch) ? told.data.at : row.status_since;
  return { ...row, ...patch, ...movedBy(event, row, patch), status_since, updated_at: told.data.at, revision };
};

/** What changes with the status, whichever event changes it. */
const movedBy = ({ id }: RecordedEvent, row: TaskRow, { status, scheduled_until = null }: Patch): Patch =>
  status === undefined || (status === row.status && scheduled_until === row.scheduled_until) ? NOTHING : { moved_by: id, scheduled_until };

/** One row per task of every board. */
export const tasks: Projection<TaskRow> = {
  name: 'tasks',
  fold: 3,
  prefix: 'task-',
  columns: {
    board: 'TEXT',
    status: 'TEXT',
    priority: 'INTEGER',
    assignee: 'TEXT',
    worker: 'TEXT',
    not_before: 'TEXT',
    labels: 'TEXT',
    created_position: 'INTEGER',
    scheduled_until: 'TEXT',
  },
  indexes: [
    '(board, created_position)',
    '(board, status, created_position)',
    '(board, assignee, created_position) WHERE assignee IS NOT NULL',
    "(board, key) WHERE status = 'running'",
    "(board, scheduled_until) WHERE status = 'scheduled'",
    "(board, priority DESC, created_position, not_before, assignee, labels) WHERE status = 'ready'",
    "(board, not_before) WHERE status = 'ready' AND not_before IS NOT NULL",
  ],
  keyOf: ({ stream }) => taskIdOfStream(stream),
  apply,
  broken: unreadable,
  indexed: ({ board, status, priority, assignee, worker, not_before, labels, created_position, scheduled_until }) => [
    board,
    status,
    priority,
    assignee,
    worker,
    not_before,
    JSON.stringify(labels),
    Number(created_position),
    scheduled_until,
  ],
};
