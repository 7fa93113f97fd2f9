import type { BoardState } from '../domain/board/board.ts';
import type { Accepted, Refusal } from '../domain/task/answers.ts';
import type { FoldedTask } from '../domain/task/codec.ts';
import type { CommandOf, TaskCommandType } from '../domain/task/commands.ts';
import { decide } from '../domain/task/decide.ts';
import type { Decision } from '../domain/task/decision.ts';

export type Answer<Type extends TaskCommandType> = Accepted[Type] | Refusal;

/** The decision on a stream as it was folded: only a readable task of this board goes to the decider. */
export const onState = <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>, folded: FoldedTask, board: BoardState): Decision<Type> => {
  if (folded.status === 'unreadable') return { events: [], answer: unreadable(command.task_id, folded) };
  if (folded.status !== 'absent' && folded.board !== board.board) return { events: [], answer: elsewhere(command.task_id, folded.board, board) };
  return decide(type, command, folded, board);
};

const unreadable = (taskId: string, { revision, type, why }: Extract<FoldedTask, { status: 'unreadable' }>): Refusal => ({
  ok: false,
  code: 'Unreadable',
  message: `${taskId} has an event that this version cannot read (revision ${revision}, ${type}: ${why}); upgrade holdfast`,
  revision,
  type,
});

/** A task of another board than the one that was named, which may not even be there. */
export const elsewhere = (taskId: string, itsBoard: string, { board, exists }: Pick<BoardState, 'board' | 'exists'>): Refusal => ({
  ok: false,
  code: 'NotFound',
  message: `${exists ? `${taskId} is not on board ${board} but on ${itsBoard}` : `there is no board ${board}; ${taskId} is on ${itsBoard}`}: give --board ${itsBoard}`,
  board: itsBoard,
});
