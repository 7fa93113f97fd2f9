import { sameJson } from '../json.ts';
import type { Done } from './answers.ts';
import type { CommandOf } from './commands.ts';
import { accept, refuse, type Decide, type Decision } from './decision.ts';
import type { DataOf } from './events.ts';
import { created } from './evolve.ts';
import type { TaskState } from './state.ts';

const dataOf = ({
  at,
  task_id,
  board,
  title,
  body,
  input,
  labels,
  assignee,
  priority,
  tenant,
  status,
  limits,
  idempotency_key,
}: CommandOf<'CreateTask'>): DataOf<'TaskCreated'> => ({
  at,
  task_id,
  board,
  title,
  body,
  input,
  labels,
  assignee,
  priority,
  parents: [],
  tenant,
  status,
  limits,
  idempotency_key,
});

/** Creating the same task again changes nothing; an idempotency key or id with another body is refused. */
export const createTask = (command: CommandOf<'CreateTask'>, task: TaskState): Decision<'CreateTask'> => {
  const data = dataOf(command);
  if (task.status === 'absent') {
    const answer: Done = { ok: true, task_id: data.task_id, status: created(data).status, revision: '0' };
    return { events: [{ type: 'TaskCreated', data }], answer };
  }
  if (sameJson({ ...data, at: '' }, { ...task.created, at: '' })) return accept(task, [], { repeated: true });
  return refuse('AlreadyExists', `${task.task_id} exists already with another body: see \`holdfast show ${task.task_id}\`, or use another idempotency key.`);
};

/** Only what differs is written; a running task may be edited too, its worker sees it at its next look. */
export const editTask: Decide<'EditTask'> = ({ at, title, body, input, labels, priority, limits }, task) => {
  const changed = {
    ...(title === undefined || title === task.title ? {} : { title }),
    ...(body === undefined || body === task.body ? {} : { body }),
    ...(input === undefined || sameJson(input, task.input) ? {} : { input }),
    ...(labels === undefined || sameJson(labels, task.labels) ? {} : { labels }),
    ...(priority === undefined || priority === task.priority ? {} : { priority }),
    ...(limits === undefined || sameJson(limits, task.limits) ? {} : { limits }),
  };
  return accept(task, Object.keys(changed).length === 0 ? [] : [{ type: 'TaskEdited', data: { at, ...changed } }], {});
};

export const addComment: Decide<'AddComment'> = ({ at, text }, task) => accept(task, [{ type: 'CommentAdded', data: { at, text } }], {});
