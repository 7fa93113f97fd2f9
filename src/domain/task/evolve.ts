import { FOLDS } from './folds.ts';
import type { DataOf, TaskEvent, TaskEventType } from './events.ts';
import type { ExistingTask, Place, TaskState } from './state.ts';

/** The first state of a task. */
export const created = (data: DataOf<'TaskCreated'>): ExistingTask => {
  const { at, status, scheduled_until, ...rest } = data;
  const facts = {
    created_at: at,
    created: data,
    revision: 0,
    updated_at: at,
    failures: 0,
    last_error: null,
    not_before: null,
    block_memory: null,
    runs: [],
    comments: 0,
    waived: [],
    ...rest,
  };
  if (status === 'blocked') return { status, blocked: { by: 'creation' }, ...facts };
  return status === 'scheduled' ? { status, scheduled_until: scheduled_until ?? at, ...facts } : { status, ...facts };
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
