import { boardUnreadable, noSuchBoard } from '../domain/board/decide.ts';
import { capText, OverCap } from '../domain/caps.ts';
import type { Refusal } from '../domain/task/answers.ts';
import type { Board, ClaimNext, NothingToClaim } from './board.ts';
import type { ReadyTasks } from './ports.ts';

/** Why no task was claimed, and when (ms since the epoch) time alone changes that; a refusal where the board itself is why. `tried`: what a claim was told. */
export const nothingToClaim = async (
  board: Pick<Board, 'name' | 'state'>,
  ready: Pick<ReadyTasks, 'waiting'>,
  wanted: ClaimNext,
  tried: Refusal | undefined,
): Promise<(NothingToClaim & { readonly until: number | null }) | Refusal> => {
  const { paused, exists, unreadable } = await board.state();
  if (unreadable !== null) return boardUnreadable(board.name, unreadable);
  if (!exists) return noSuchBoard(board.name);
  const { counts: waiting, until } = await ready.waiting(wanted);
  const nothing = { ok: false, code: 'NothingToClaim', waiting, until } as const;
  if (paused !== null) {
    const { reason, by } = paused;
    const why = reason === null ? '' : ` (${reason})`;
    const message = `nothing to claim: the board is paused${by === undefined ? '' : ` by ${by}`}${why}; next: \`holdfast board resume\``;
    return { ...nothing, message, why: 'paused', waiting_for: [{ kind: 'pause', ...paused }] };
  }
  const over = OverCap.safeParse(tried);
  if (over.success)
    return { ...nothing, message: `nothing to claim: ${capText(over.data, board.name)}`, why: 'capped', waiting_for: [{ kind: 'cap', ...over.data }] };
  const counts = Object.entries(waiting).map(([what, count]) => `${count} on ${what}`);
  if (counts.length === 0) return { ...nothing, message: 'nothing to claim: no task is ready', why: 'empty', waiting_for: [] };
  return { ...nothing, message: `nothing to claim: all tasks wait (${counts.join(', ')})`, why: 'waiting', waiting_for: [] };
};
