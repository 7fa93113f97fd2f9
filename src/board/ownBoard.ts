import { BoardCommand, type BoardState } from '../domain/board/board.ts';
import { encodeBoardEvent } from '../domain/board/codec.ts';
import { decideBoard } from '../domain/board/decide.ts';
import { evolveBoard, noBoard } from '../domain/board/evolve.ts';
import { boardStream } from '../domain/ids.ts';
import { instantOf } from '../domain/instant.ts';
import type { PolicyValues } from '../domain/policy.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Actor, Board } from './board.ts';
import { envelope, enveloped, senderOf, type Envelope } from './envelope.ts';
import { invalidInput } from '../domain/invalidInput.ts';
import type { BoardClock, Ids } from './ports.ts';
import { recent } from './recent.ts';
import { firstRun, REMEMBERED } from './repeated.ts';
import { stateStream, type Folded } from './stream.ts';

type Given = {
  readonly store: EventStore;
  readonly board: string;
  readonly store_policy: PolicyValues;
  readonly actor: Actor;
  readonly surface: string;
  readonly ids: Ids;
  readonly clock: BoardClock;
};

export type OwnBoard = {
  /** The newest, or as of a position of the log. */
  readonly state: (asOf?: bigint) => Promise<BoardState>;
  /** As it was last seen here, without a look at the store; undefined: it was not seen yet. */
  readonly known: () => BoardState | undefined;
  /** As it was before that position of the log, then as it was before each change of it, back to its beginning. */
  readonly statesBefore: (position: bigint) => Promise<readonly BoardState[]>;
  readonly change: Board['change'];
};

/** Who gave the command is taken from its sender, whatever the caller wrote. */
const bySender = (command: BoardCommand, { metadata: { actor } }: Envelope): BoardCommand =>
  'by' in command ? { ...command, by: `${actor.kind}:${actor.id}` } : command;

/** The board's own stream: policy and pause. */
export const ownBoard = (given: Given): OwnBoard => {
  const { store, board, ids, clock, store_policy } = given;
  const stream = boardStream(board);
  const initial = noBoard(board, store_policy);
  const sender = senderOf(given);
  const cached = recent<Folded<BoardState>>(1);
  const states = stateStream({ store, initial, fold: evolveBoard, cached });

  const state: OwnBoard['state'] = async (asOf) => (await states.load(stream, asOf)).state;
  const statesBefore: OwnBoard['statesBefore'] = async (position) => {
    const all = [initial];
    for (const event of await store.readStream(stream)) if (event.position < position) all.push(evolveBoard(all.at(-1) ?? initial, event));
    return all.toReversed();
  };

  const earlier = async (command: BoardCommand, sent: Envelope) => {
    const found = await firstRun(store, stream, sent, REMEMBERED);
    if (found === undefined || 'ok' in found) return found;
    return decideBoard(command, found.before.reduce(evolveBoard, initial)).answer;
  };
  const change: Board['change'] = async (input, options = {}) => {
    const parsed = BoardCommand.safeParse({ ...input, at: instantOf(clock.now()) });
    if (!parsed.success) return invalidInput(input.type, parsed.error, input);
    const sent = envelope(input, options, { ids, board, sender });
    return states.transact(
      stream,
      (before) => {
        const { events, answer } = decideBoard(bySender({ ...parsed.data, at: instantOf(clock.now()) }, sent), before);
        return { events: enveloped(stream, events.map(encodeBoardEvent), sent, ids), answer };
      },
      sent.chosen ? () => earlier(parsed.data, sent) : undefined,
    );
  };
  return { state, known: () => cached.get(stream)?.state, statesBefore, change };
};
