import type { BoardState } from '../board/board.ts';
import { noSuchBoard } from '../board/decide.ts';
import { sameJson } from '../json.ts';
import type { Done } from './answers.ts';
import type { CommandOf } from './commands.ts';
import { accept, refuse, type Decide, type Decision, type Refused } from './decision.ts';
import { notParents } from './dependencies.ts';
import type { DataOf } from './events.ts';
import { created } from './evolve.ts';
import { unfinishedOf } from './parents.ts';
import { isOver } from './promoting.ts';
import type { TaskState } from './state.ts';

const dataOf = (command: CommandOf<'CreateTask'>): DataOf<'TaskCreated'> => {
  const { type: _type, parents_seen, scheduled_until, ...said } = command;
  const parents = [...new Set(said.parents)];
  const schedule = scheduled_until === null ? {} : { scheduled_until };
  return { ...said, parents, status: beginning(command, unfinishedOf({ parents, waived: [] }, parents_seen).length), ...schedule };
};

/** As asked, but that `ready` waits for its time, then for its parents. */
const beginning = ({ status, scheduled_until }: CommandOf<'CreateTask'>, unfinished: number): DataOf<'TaskCreated'>['status'] => {
  if (status !== 'ready') return status;
  if (scheduled_until !== null) return 'scheduled';
  return unfinished === 0 ? 'ready' : 'todo';
};

/** What was asked for: that it began as `todo` or `scheduled` followed from its parents and from the time. */
const askedFor = (data: DataOf<'TaskCreated'>) => ({ ...data, at: '', status: data.status === 'todo' || data.status === 'scheduled' ? 'ready' : data.status });

/** What makes no sense as a new task's parents or schedule. */
const badWaits = (command: CommandOf<'CreateTask'>, board: string): Refused | undefined => {
  const { at, status, scheduled_until, parents, parents_seen } = command;
  if (scheduled_until !== null && status !== 'ready') {
    const problem = `a task that begins ${status} waits for a person, not for a time; leave one of the two out`;
    return refuse('InvalidInput', `scheduled_until: ${problem}`, { issues: [{ field: 'scheduled_until', given: scheduled_until, problem }] });
  }
  return (scheduled_until === null ? undefined : isOver('scheduled_until', scheduled_until, at)) ?? notParents(parents, parents_seen, board);
};

/** A board is made on purpose, never by a task with a mistyped name; and what is asked of one board makes nothing on another. */
const misplaced = ({ board: named }: CommandOf<'CreateTask'>, board: BoardState): Refused | undefined => {
  if (named !== board.board) {
    const problem = `this is board ${board.board}; ask board ${named} for it`;
    return refuse('InvalidInput', `board: ${problem}`, { issues: [{ field: 'board', given: named, problem }] });
  }
  return board.exists ? undefined : { events: [], answer: noSuchBoard(named) };
};

/** Creating the same task again changes nothing; an idempotency key or id with another body is refused. */
export const createTask = (command: CommandOf<'CreateTask'>, task: TaskState, board: BoardState): Decision<'CreateTask'> => {
  const refused = misplaced(command, board);
  if (refused !== undefined) return refused;
  const data = dataOf(command);
  if (task.status === 'absent') {
    const bad = badWaits(command, board.board);
    if (bad !== undefined) return bad;
    const answer: Done = { ok: true, task_id: data.task_id, status: created(data).status, revision: '0' };
    return { events: [{ type: 'TaskCreated', data }], answer };
  }
  if (sameJson(askedFor(data), askedFor(task.created))) return accept(task, [], { repeated: true });
  const { task_id } = task;
  const message = `${task_id} exists already with another body: see \`holdfast show ${task_id}\`, or use another idempotency key.`;
  return refuse('AlreadyExists', message, { task_id });
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
