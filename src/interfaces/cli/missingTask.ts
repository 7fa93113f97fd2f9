import type { Board } from '../../board/board.ts';
import { missingBoard } from './missingBoard.ts';
import { elsewhere } from '../../board/onState.ts';
import { failed, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** `where`: on which board, and as of when. */
export const noSuchTask = (task_id: string, where: string): Outcome =>
  failed('NotFound', `there is no task ${task_id} ${where}; \`holdfast list\` shows what there is`, { task_id });

/** A task was not found: because its board is missing, or only the task. `at`: as of when it was looked for. */
export const missingTask = async (board: Board, task_id: string, at?: string): Promise<Outcome> =>
  (await missingBoard(board)) ?? noSuchTask(task_id, `on board ${board.name}${at === undefined ? '' : ` at ${at}`}`);

/** The refusal of a task that was found on another board than the one named; undefined: it is on this one. */
export const notOnThis = async (board: Board, task_id: string, itsBoard: string | undefined): Promise<Outcome | undefined> =>
  itsBoard === undefined || itsBoard === board.name ? undefined : refused(elsewhere(task_id, itsBoard, await board.state()));
