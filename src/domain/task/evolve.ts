import { FOLDS } from './folds.ts';
import type { DataOf, TaskEvent, TaskEventType } from './events.ts';
import { factsOf, type ExistingTask, type Place, type Status, type TaskState } from './state.ts';

// Field by field: a rest pattern over an object that was just parsed costs V8 seventy times as much (docs/adr/literals-not-copies.md).
const withStatus = (status: 'triage' | 'todo' | 'ready', data: DataOf<'TaskCreated'>): ExistingTask => ({
  status,
  task_id: data.task_id,
  board: data.board,
  title: data.title,
  body: data.body,
  input: data.input,
  labels: data.labels,
  assignee: data.assignee,
  priority: data.priority,
  parents: data.parents,
  waived: [],
  tenant: data.tenant,
  idempotency_key: data.idempotency_key,
  created_at: data.at,
  created: data,
  limits: data.limits,
  revision: 0,
  updated_at: data.at,
  status_since: data.at,
  failures: 0,
  last_error: null,
  not_before: null,
  block_memory: null,
  runs: [],
  comments: 0,
});

/** The first state of a task. */
export const created = (data: DataOf<'TaskCreated'>): ExistingTask => {
  const { at, status, scheduled_until } = data;
  switch (status) {
    case 'triage':
    case 'todo':
    case 'ready':
      return withStatus(status, data);
    case 'blocked':
      return { status, blocked: { by: 'creation' }, ...factsOf(withStatus('ready', data)) };
    case 'scheduled':
      return { status, scheduled_until: scheduled_until ?? at, ...factsOf(withStatus('ready', data)) };
  }
};

/** The status that an event leads to, where it leads to another one. */
const LEADS_TO: { readonly [Type in TaskEventType]?: Status } = {
  TaskClaimed: 'running',
  TaskReclaimed: 'ready',
  ClaimReleased: 'ready',
  RunFailed: 'ready',
  TaskUnblocked: 'ready',
  TaskReopened: 'ready',
  TaskCompleted: 'done',
  TaskGaveUp: 'blocked',
  TaskEscalated: 'triage',
  TaskArchived: 'archived',
  TaskScheduled: 'scheduled',
};
const statusAfter = ({ type, data }: TaskEvent): Status | undefined => {
  if (type === 'TaskBlocked') return data.kind === 'dependency' ? 'todo' : 'blocked';
  return type === 'TaskPromoted' || type === 'TaskDemoted' ? data.to : LEADS_TO[type];
};

/** Whether the task waits anew from this event on: it has another status, or waits for another name. */
const waitsAnew = (task: ExistingTask, event: TaskEvent): boolean => {
  if (event.type === 'TaskAssigned') return event.data.assignee !== task.assignee;
  const status = statusAfter(event);
  return status !== undefined && status !== task.status;
};

const applied = <Type extends TaskEventType>(task: ExistingTask, event: { readonly type: Type; readonly data: DataOf<Type> }, place: Place): ExistingTask =>
  FOLDS[event.type](task, event.data, place);

/** The task after one more event. Never refuses; an event that cannot have happened to this status moves the revision only. */
export const evolveExisting = (task: ExistingTask, event: TaskEvent): ExistingTask => {
  const { at } = event.data;
  return applied(task, event, { revision: task.revision + 1, updated_at: at, status_since: waitsAnew(task, event) ? at : task.status_since });
};

/** As evolveExisting, from nothing: only TaskCreated makes a task. */
export const evolve = (task: TaskState, event: TaskEvent): TaskState => {
  if (task.status !== 'absent') return evolveExisting(task, event);
  return event.type === 'TaskCreated' ? created(event.data) : task;
};
