import type { Board } from '../../board/board.ts';
import { missingBoard } from './missingBoard.ts';
import { failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** `where`: on which board, and of when. */
export const noSuchTask = (task_id: string, where: string): Outcome =>
  failed('NotFound', `there is no task ${task_id} ${where}; \`holdfast list\` shows what there is`, { task_id });

/** A task that was not found on a board, which may be what is not there. `at`: when it was looked for. */
export const missingTask = async (board: Board, task_id: string, at?: string): Promise<Outcome> =>
  (await missingBoard(board)) ?? noSuchTask(task_id, `on board ${board.name}${at === undefined ? '' : ` at ${at}`}`);
