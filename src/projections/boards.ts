import type { Paused } from '../domain/board/board.ts';
import { parseBoardEvent } from '../domain/board/codec.ts';
import { changedPolicy, pausedBy } from '../domain/board/evolve.ts';
import type { Instant } from '../domain/instant.ts';
import type { PolicyValues } from '../domain/policy.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';
import { atOf } from './instants.ts';

/** A board as lists show it. `policy` holds only what the board itself sets. `unreadable`: its stream has an event of a later version. */
export type BoardRow = {
  readonly board: string;
  readonly created_at: Instant | null;
  readonly policy: PolicyValues;
  readonly paused: Paused | null;
  /** When it was last resumed. */
  readonly resumed_at: Instant | null;
  /** The last BoardResumed; null: there was none. */
  readonly resumed: { readonly revision: string; readonly position: string } | null;
  readonly revision: string;
  readonly updated_at: Instant;
  readonly unreadable: { readonly type: string; readonly revision: string } | null;
};

const PREFIX = 'board-';

/** Reads each event as `evolveBoard` does, content and all: what is listed of a board is what it decides by. */
const apply = (known: BoardRow | undefined, event: RecordedEvent): BoardRow => {
  const revision = String(event.revision);
  const board = event.stream.slice(PREFIX.length);
  const row = known ?? { board, created_at: null, policy: {}, paused: null, resumed_at: null, resumed: null, revision, updated_at: '', unreadable: null };
  const seen = { ...row, revision, updated_at: atOf(event) ?? row.updated_at };
  if (row.unreadable !== null) return seen;
  const told = parseBoardEvent(event);
  if ('unreadable' in told) return { ...seen, unreadable: { type: event.type, revision } };
  switch (told.type) {
    case 'BoardCreated':
      return { ...seen, created_at: told.data.at, policy: told.data.policy };
    case 'PolicyChanged':
      return { ...seen, policy: changedPolicy(row.policy, told.data.set, told.data.unset) };
    case 'BoardPaused':
      return { ...seen, paused: pausedBy(told.data) };
    case 'BoardResumed':
      return { ...seen, paused: null, resumed_at: told.data.at, resumed: { revision, position: String(event.position) } };
  }
};

/** One row per board. */
export const boards: Projection<BoardRow> = {
  name: 'boards',
  fold: 4,
  prefix: PREFIX,
  columns: {},
  indexes: [],
  keyOf: ({ stream }) => stream.slice(PREFIX.length),
  apply,
  indexed: () => [],
};
