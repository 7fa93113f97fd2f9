import type { Board } from '../../board/board.ts';
import { missingBoard } from './missingBoard.ts';
import { elsewhere } from '../../board/onState.ts';
import { failed, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** `where`: on which board, and of when. */
export const noSuchTask = (task_id: string, where: string): Outcome =>
  failed('NotFound', `there is no task ${task_id} ${where}; \`holdfast list\` shows what there is`, { task_id });

/** A task that was not found on a board, which may be what is not there. `at`: when it was looked for. */
export const missingTask = async (board: Board, task_id: string, at?: string): Promise<Outcome> =>
  (await missingBoard(board)) ?? noSuchTask(task_id, `on board ${board.name}${at === undefined ? '' : ` at ${at}`}`);

/** What is said of a task, where it was found: undefined when that is the board that was named. */
export const notOnThis = async (board: Board, task_id: string, itsBoard: string | undefined): Promise<Outcome | undefined> =>
  itsBoard === undefined || itsBoard === board.name ? undefined : refused(elsewhere(task_id, itsBoard, await board.state()));
