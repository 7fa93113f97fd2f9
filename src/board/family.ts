import type { Refusal } from '../domain/task/answers.ts';
import type { FoldedTask } from '../domain/task/codec.ts';
import type { CommandOf, TaskCommandType } from '../domain/task/commands.ts';
import type { ParentSeen } from '../domain/task/parents.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import { MOST_ANCESTORS, parentsIn, pathUp, type ReadTasks } from './ancestry.ts';

/** What the board saw of the parents when it decided: those of the task as it was known, and those that the command names. */
export type Family = {
  readonly seen: readonly ParentSeen[];
  readonly cycle: readonly string[] | null;
  /**
   * Whether the look still holds for the task as it now is: every parent it has was looked at. For a link it must have those that it was known
   * to have, no more and no less: a cycle was only looked for through the others. Where another process has linked or unlinked one meanwhile, one looks again.
   */
  readonly covers: (folded: FoldedTask) => boolean;
};

type Looked = {
  readonly ids: readonly string[];
  readonly states: readonly FoldedTask[];
  readonly cycle: readonly string[] | null;
  /** The parents that the task may have, and of those the ones that it must have. */
  readonly may: readonly string[];
  readonly must: readonly string[];
};

const family = ({ ids, states, cycle, may, must }: Looked): Family => {
  const known = new Set(may);
  const seen = states.map((state, n) => seenAs(ids[n] ?? '', state));
  const covers = (folded: FoldedTask): boolean => {
    const parents = new Set(parentsIn(folded));
    return [...parents].every((id) => known.has(id)) && must.every((id) => parents.has(id));
  };
  return { seen, cycle, covers };
};
/** For a command that the parents do not bear on. */
export const NOBODY: Family = { seen: [], cycle: null, covers: () => true };

const changedAt = (folded: FoldedTask): string => {
  if (folded.status === 'done') return folded.completed.at;
  if (folded.status === 'archived') return folded.archived.at;
  return 'updated_at' in folded ? folded.updated_at : '';
};
export const seenAs = (task_id: string, folded: FoldedTask): ParentSeen => ({
  task_id,
  status: folded.status,
  revision: String(Math.max(Number(folded.revision), 0)),
  board: 'board' in folded ? folded.board : null,
  changed_at: changedAt(folded),
});

const namedBy = (command: object): readonly string[] => ('parents' in command && Array.isArray(command.parents) ? command.parents.map(String) : []);

/** Whether the parents bear on the command. Of blocks, only one of kind dependency asks for them: it is no loop while a parent is open. */
export const asksForParents = (command: object): boolean => 'parents_seen' in command && !('kind' in command && command.kind !== 'dependency');

type Looking = {
  /** The newest states. */
  readonly read: ReadTasks;
  /** What is known of a task, without a look at the store if possible. */
  readonly known: (id: string) => Promise<FoldedTask>;
};

/** Looks at the parents before a decision; a refusal where there are too many tasks above to be sure that there is no cycle. */
export const familyOf =
  ({ read, known }: Looking) =>
  async <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>): Promise<Family | Refusal> => {
    if (!asksForParents(command)) return NOBODY;
    const own = type === 'CreateTask' ? [] : parentsIn(await known(command.task_id));
    const ids = [...new Set([...own, ...namedBy(command)])];
    if (type !== 'LinkTask') return family({ ids, states: await read(ids), cycle: null, may: ids, must: [] });
    const cycle = await pathUp({ read, from: ids.filter((id) => !own.includes(id)), to: command.task_id });
    return cycle === 'too_many' ? tooMany(ids) : family({ ids, states: await read(ids), cycle, may: own, must: own });
  };

const tooMany = (ids: readonly string[]): Refusal => {
  const problem = `more than ${MOST_ANCESTORS} tasks stand above them: too many to be sure that there is no cycle`;
  return { ok: false, code: 'InvalidInput', message: `parents: ${problem}`, issues: [{ field: 'parents', given: ids, problem }] };
};

/** The command with what was seen, whatever its caller wrote there. */
export const withFamily = <Type extends TaskCommandType>(command: CommandOf<Type>, { seen, cycle }: Pick<Family, 'seen' | 'cycle'>): CommandOf<Type> => {
  if (!('parents_seen' in command)) return command;
  return { ...command, parents_seen: seen, ...(command.type === 'LinkTask' ? { cycle } : {}) };
};

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : idIn(item))) : []);
const idIn = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'task_id' in value && typeof value.task_id === 'string' ? value.task_id : '';

/** The parents that the first run of a command found unfinished, as far as its events tell: enough to decide the same again. */
const openThen = (events: readonly RecordedEvent[], ids: readonly string[]): readonly string[] =>
  events.flatMap(({ type, data }) => {
    if (type === 'TaskDemoted') return textsIn([reasonIn(data)]);
    if (type === 'TaskLinked') return textsIn(data['unfinished']);
    if (type === 'TaskPromoted') return [...textsIn(data['waived']), ...(data['to'] === 'todo' ? ids : [])];
    return type === 'TaskCreated' && data['status'] === 'todo' ? ids : [];
  });
const reasonIn = ({ because }: RecordedEvent['data']): unknown =>
  typeof because === 'object' && because !== null && 'parent' in because ? because.parent : undefined;

/** The parents as an earlier run of the command saw them. */
export const familyThen = (command: object, before: FoldedTask, events: readonly RecordedEvent[]): Pick<Family, 'seen' | 'cycle'> => {
  const ids = [...new Set([...parentsIn(before), ...namedBy(command)])];
  const open = new Set(openThen(events, ids));
  // Unlinking makes a waiting task ready in the same append, unless it still waits for another one.
  const waits = events[0]?.type === 'TaskUnlinked' && events.length === 1 && before.status === 'todo';
  const status = (id: string): string => (waits || open.has(id) ? 'ready' : 'done');
  const board = 'board' in command && typeof command.board === 'string' ? command.board : 'board' in before ? before.board : null;
  return { seen: ids.map((id) => ({ task_id: id, status: status(id), revision: '0', board, changed_at: '' })), cycle: null };
};
