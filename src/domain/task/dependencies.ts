import type { Refusal } from './answers.ts';
import type { CommandOf } from './commands.ts';
import { accept, refuse, type Decide, type Refused } from './decision.ts';
import type { TaskEvent } from './events.ts';
import { lastFinished, MOST_PARENTS, parentAt, seenOf, unfinishedOf, type Because, type ParentSeen } from './parents.ts';
import type { ExistingTask } from './state.ts';

/** Parents named in an answer; the count says how many there are. */
const NAMED = 10;
const named = (parents: readonly ParentSeen[]): string => {
  const ids = parents.slice(0, NAMED).map(({ task_id, status }) => `${task_id} (${status})`);
  return `${ids.join(', ')}${parents.length > NAMED ? ` and ${parents.length - NAMED} more` : ''}`;
};
const waits = (open: readonly ParentSeen[]) => ({ unfinished: open.length, waits_for: open.slice(0, NAMED).map(({ task_id }) => task_id) });

/** What may not be a parent: nothing, what cannot be read, or a task of another board. undefined: all may. */
export const notParents = (ids: readonly string[], seen: readonly ParentSeen[], board: string): Refused | undefined => {
  const issues = seenOf(ids, seen).flatMap(({ task_id, status, board: its }) => {
    const problem = problemOf(status, its, board);
    return problem === undefined ? [] : [{ field: 'parents', given: task_id, problem }];
  });
  if (issues.length === 0) return undefined;
  return refuse('InvalidInput', issues.map(({ given, problem }) => `parents: ${given}: ${problem}`).join('; '), { issues });
};

const problemOf = (status: string, its: string | null, board: string): string | undefined => {
  if (status === 'unreadable') return 'this version cannot read it: upgrade holdfast';
  if (its === null) return `there is no such task on board ${board}: \`holdfast list\` shows what there is`;
  return its === board ? undefined : `it is on board ${its}; a parent must be on the same board, ${board}`;
};

/** A task that cannot be claimed while a parent is not finished. */
export const waitsForParents = ({ task_id }: ExistingTask, open: readonly ParentSeen[]): Refusal => ({
  ok: false,
  code: 'WaitsForParents',
  message: `${task_id} waits for ${open.length === 1 ? 'a parent' : `${open.length} parents`}: ${named(open)}; \`holdfast unlink\` one, or \`holdfast promote ${task_id} --force\`.`,
  waiting_for: 'parents',
  ...waits(open),
});

/** Back to waiting; undefined when there is nothing to wait for. */
export const demoted = (at: string, open: readonly ParentSeen[]): TaskEvent | undefined => {
  const [first] = open;
  if (first === undefined) return undefined;
  return { type: 'TaskDemoted', data: { at, to: 'todo', because: { by: 'parents', parent: parentAt(first), parents: open.length } } };
};

/** The events, and where they make a task ready that has to wait for parents, that it waits. */
export const gated = (task: ExistingTask, at: string, events: readonly TaskEvent[], seen: readonly ParentSeen[]): readonly TaskEvent[] => {
  const wait = demoted(at, unfinishedOf(task, seen));
  return wait === undefined ? events : [...events, wait];
};

const cycleOf = (path: readonly string[]): Refused =>
  refuse('DependencyCycle', `That would be a cycle: ${path.join(' waits for ')}; \`holdfast unlink\` one of these first. Nothing was written.`, { path });

const onItself = (path: readonly string[]): Refused =>
  refuse('DependencyCycle', `${path[0] ?? 'A task'} cannot wait for itself: give another task as the parent. Nothing was written.`, { path });

/** The path of a task that would wait for itself, by way of a parent that already waits for it. */
const cycleIn = ({ task_id, parents, cycle }: CommandOf<'LinkTask'>): readonly string[] | null => (parents.includes(task_id) ? [task_id, task_id] : cycle);

export const linkTask: Decide<'LinkTask'> = (command, task) => {
  const { at, parents_seen } = command;
  const path = cycleIn(command);
  if (path !== null) return path.length === 2 ? onItself(path) : cycleOf(path);
  const fresh = [...new Set(command.parents)].filter((id) => !task.parents.includes(id));
  const refused = notParents(fresh, parents_seen, task.board) ?? tooMany(task, fresh);
  if (refused !== undefined) return refused;
  const linked = { parents: [...task.parents, ...fresh], waived: task.waived };
  const open = unfinishedOf(linked, parents_seen);
  if (fresh.length === 0) return accept(task, [], { repeated: true, ...waits(open) });
  const unfinished = open.filter(({ task_id }) => fresh.includes(task_id)).map(parentAt);
  const event: TaskEvent = { type: 'TaskLinked', data: { at, parents: fresh, unfinished } };
  const wait = task.status === 'ready' ? demoted(at, open) : undefined;
  return accept(task, wait === undefined ? [event] : [event, wait], waits(open));
};

const tooMany = ({ task_id, parents }: ExistingTask, fresh: readonly string[]): Refused | undefined => {
  const count = parents.length + fresh.length;
  if (count <= MOST_PARENTS) return undefined;
  const problem = `${task_id} would have ${count} parents; at most ${MOST_PARENTS} are allowed`;
  return refuse('InvalidInput', `parents: ${problem}`, { issues: [{ field: 'parents', given: count, problem }] });
};

export const unlinkTask: Decide<'UnlinkTask'> = ({ at, parents, cycle, reason, parents_seen }, task) => {
  const gone = [...new Set(parents)].filter((id) => task.parents.includes(id));
  const left = { parents: task.parents.filter((id) => !gone.includes(id)), waived: task.waived };
  const open = unfinishedOf(left, parents_seen);
  const [first] = gone;
  if (first === undefined) return accept(task, [], { repeated: true, ...waits(open) });
  const event: TaskEvent = { type: 'TaskUnlinked', data: { at, parents: gone, ...(cycle === null ? {} : { cycle }), reason } };
  const free = task.status === 'todo' && open.length === 0;
  return accept(task, free ? [event, promoted(at, 'ready', { by: 'unlinked', parent: first })] : [event], waits(open));
};

const promoted = (at: string, to: 'ready' | 'todo', because: Because): TaskEvent => ({ type: 'TaskPromoted', data: { at, to, because } });

/** Why the parents let it go on now; undefined when it has none that finished. */
export const finishedBecause = (task: ExistingTask, seen: readonly ParentSeen[]): Because | undefined => {
  const last = lastFinished(task, seen);
  return last === undefined ? undefined : { by: 'parents', parent: parentAt(last), parents: task.parents.length };
};
