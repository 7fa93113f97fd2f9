import type { Board } from '../../board/board.ts';
import { noSuchBoard as refusal } from '../../domain/board/decide.ts';
import { refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** undefined when the board is there. */
export const missingBoard = async (board: Board): Promise<Outcome | undefined> => ((await board.state()).exists ? undefined : noSuchBoard(board.name));

export const noSuchBoard = (board: string): Outcome => refused(refusal(board));
