import { taskIdOfStream } from '../domain/ids.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { DataOf } from '../domain/task/events.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';
import { atOf } from './instants.ts';
import { NO_RUN, NOTHING, type Patch, patchOf } from './taskPatch.ts';
import type { TaskRow } from './taskRow.ts';

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
