import { boardUnreadable, noSuchBoard } from '../domain/board/decide.ts';
import type { Refusal } from '../domain/task/answers.ts';
import type { Board, ClaimNext, NothingToClaim } from './board.ts';
import type { ReadyTasks } from './ports.ts';

/** Why no task was claimed, and when (ms since the epoch) time alone changes that; a refusal where the board itself is why. */
export const nothingToClaim = async (
  board: Pick<Board, 'name' | 'state'>,
  ready: Pick<ReadyTasks, 'waiting'>,
  wanted: ClaimNext,
): Promise<(NothingToClaim & { readonly until: number | null }) | Refusal> => {
  const { paused, exists, unreadable } = await board.state();
  if (unreadable !== null) return boardUnreadable(board.name, unreadable);
  if (!exists) return noSuchBoard(board.name);
  const { counts, until } = await ready.waiting(wanted);
  const why = paused !== null ? 'paused' : Object.keys(counts).length === 0 ? 'empty' : 'waiting';
  return { ok: false, code: 'NothingToClaim', message: TEXT[why](counts, paused?.reason ?? null), why, waiting: counts, until };
};

const TEXT: { readonly [Why in NothingToClaim['why']]: (counts: Readonly<Record<string, number>>, reason: string | null) => string } = {
  empty: () => 'nothing to claim: no task is ready',
  paused: (_, reason) => `nothing to claim: the board is paused${reason === null ? '' : ` (${reason})`}`,
  waiting: (counts) =>
    `nothing to claim: all tasks wait (${Object.entries(counts)
      .map(([what, count]) => `${count} on ${what}`)
      .join(', ')})`,
};
