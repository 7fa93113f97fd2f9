import type { Board } from '../../board/board.ts';
import { failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** A mistyped board name must not look like an empty board, nor become one. undefined when the board is there. */
export const missingBoard = async (board: Board): Promise<Outcome | undefined> => ((await board.state()).exists ? undefined : noSuchBoard(board.name));

export const noSuchBoard = (board: string): Outcome =>
  failed('NotFound', `there is no board ${board} in this store; next: \`holdfast board create ${board}\`, or \`holdfast board list\``, { board });
