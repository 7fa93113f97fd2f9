import { BoardCommand, type BoardState } from '../domain/board/board.ts';
import { encodeBoardEvent } from '../domain/board/codec.ts';
import { decideBoard } from '../domain/board/decide.ts';
import { evolveBoard, noBoard } from '../domain/board/evolve.ts';
import { boardStream } from '../domain/ids.ts';
import { instantOf } from '../domain/instant.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Actor, Board } from './board.ts';
import { envelope, enveloped } from './envelope.ts';
import { invalidInput } from '../domain/invalidInput.ts';
import type { BoardClock, Ids } from './ports.ts';
import { recent } from './recent.ts';
import { stateStream, type Folded } from './stream.ts';

type Given = {
  readonly store: EventStore;
  readonly board: string;
  readonly actor: Actor;
  readonly surface: string;
  readonly ids: Ids;
  readonly clock: BoardClock;
};

/** The board's own stream: policy and pause. `state(false)`: the newest known, without a look at the store. */
export const boards = (given: Given): { readonly state: (fresh: boolean) => Promise<BoardState>; readonly change: Board['change'] } => {
  const { store, board, ids, clock } = given;
  const stream = boardStream(board);
  const states = stateStream({ store, initial: noBoard(board), fold: evolveBoard, cached: recent<Folded<BoardState>>(1) });

  const state = async (fresh: boolean): Promise<BoardState> => (await (fresh ? states.load(stream) : states.peek(stream))).state;
  const change: Board['change'] = async (input, options = {}) => {
    const parsed = BoardCommand.safeParse({ ...input, at: instantOf(clock.now()) });
    if (!parsed.success) return invalidInput(input.type, parsed.error, input);
    const sent = envelope(input, options, given);
    return states.transact(stream, (before) => {
      const { events, answer } = decideBoard(parsed.data, before);
      return { events: enveloped(stream, events.map(encodeBoardEvent), sent, ids), answer };
    });
  };
  return { state, change };
};
