import { taskStream } from '../domain/ids.ts';
import type { PolicyValues } from '../domain/policy.ts';
import type { TaskCommandType } from '../domain/task/commands.ts';
import { isFinished } from '../domain/task/parents.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Actor, Board, ExecuteOptions } from './board.ts';
import { ownBoard } from './ownBoard.ts';
import { claimNext } from './claimNext.ts';
import { follow } from './follow.ts';
import type { Admissions, AfterMove, BoardClock, Ids, Look, ReadyTasks } from './ports.ts';
import { readableTaskEvent } from './readTaskEvent.ts';
import { tasks } from './tasks.ts';

/**
 * The board on a store. `actor` and `surface` (cli, library …) stand on every event it leads to, unless a call names another actor.
 * `ready` nominates tasks for `claimNext`; `admissions` says which claims are within their caps; `look` shows the processes of a run on this host.
 */
export const createBoard = (given: {
  readonly store: EventStore;
  readonly name: string;
  readonly actor: Actor;
  readonly surface: string;
  /** What the kind of store sets where the board says nothing; default nothing. */
  readonly store_policy?: PolicyValues;
  /** Of this program, for the evidence. */
  readonly version: string;
  readonly ids: Ids;
  readonly clock: BoardClock;
  readonly ready: ReadyTasks;
  readonly admissions: () => Promise<Admissions>;
  readonly look: Look;
  /** Default: nothing follows by itself. */
  readonly afterMove?: AfterMove;
}): Board => {
  const { store, name, ids, clock, ready } = given;
  const own = ownBoard({ store_policy: {}, ...given, board: name });
  const ownTasks = tasks({ ...given, board: name, own });
  const { load } = ownTasks;
  const execute = given.afterMove === undefined ? ownTasks.execute : followed(ownTasks.execute, given.afterMove);
  const followLog = follow({ store, board: name });
  const board = { name, execute, state: () => own.state(), follow: followLog };
  return {
    ...board,
    load,
    change: own.change,
    claimNext: claimNext({ board, tasks: ownTasks, ready, clock }),
    create: (task, options) => execute({ type: 'CreateTask', ...task, board: name, task_id: newTaskId(ids, name, task.idempotency_key, options) }, options),
    history: async (taskId) => (await store.readStream(taskStream(taskId))).map(readableTaskEvent),
  };
};

/** Commands that may finish or reopen a task, after which its children may have to move. */
const MOVES_CHILDREN: ReadonlySet<TaskCommandType> = new Set(['CompleteTask', 'ArchiveTask', 'CancelTask', 'ReclaimTask', 'ReportStop', 'ReopenTask']);

const followed =
  (execute: Board['execute'], after: AfterMove): Board['execute'] =>
  (command, options) => {
    const answering = execute(command, options);
    if (!MOVES_CHILDREN.has(command.type)) return answering;
    const answered = answering.then(async (answer) => {
      if (answer.ok && (isFinished(answer.status) || command.type === 'ReopenTask')) await after(command.task_id);
      return answer;
    });
    if (!('run' in command && command.run !== null)) return answered;
    // A worker's verdict is answered at once: else whoever watches its run would hear of the end before the worker has its answer.
    answered.catch(() => undefined);
    return answering;
  };

/** One task for an idempotency key, and one for a command id; a board's name has no `#`, so that the two never meet. */
const newTaskId = (ids: Ids, board: string, key: string | null | undefined, { command_id }: ExecuteOptions = {}): string => {
  if (key != null) return ids.taskOf(board, key);
  return command_id === undefined ? ids.task() : ids.taskOf(`${board}#command`, command_id);
};
