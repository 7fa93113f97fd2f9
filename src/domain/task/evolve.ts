import { FOLDS } from './folds.ts';
import type { DataOf, TaskEvent, TaskEventType } from './events.ts';
import { factsOf, type ExistingTask, type Place, type TaskState } from './state.ts';

// Field by field: to copy the rest of an object that was just parsed costs V8 seventy times as much.
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

const folded = <Type extends TaskEventType>(task: ExistingTask, event: { readonly type: Type; readonly data: DataOf<Type> }): ExistingTask => {
  const place: Place = { revision: task.revision + 1, updated_at: event.data.at };
  return FOLDS[event.type](task, event.data, place);
};

/** The task after one more event. Never refuses; an event that cannot have happened to this status moves the revision only. */
export const evolveExisting = (task: ExistingTask, event: TaskEvent): ExistingTask => folded(task, event);

/** As evolveExisting, from nothing: only TaskCreated makes a task. */
export const evolve = (task: TaskState, event: TaskEvent): TaskState => {
  if (task.status !== 'absent') return folded(task, event);
  return event.type === 'TaskCreated' ? created(event.data) : task;
};
