import type { Wire } from '../codec.ts';
import { PolicyValues } from '../policy.ts';
import type { BoardEvent, BoardState, Paused } from './board.ts';
import { parseBoardEvent } from './codec.ts';

export const noBoard = (board: string, store_policy: PolicyValues = {}): BoardState => ({
  board,
  exists: false,
  created_at: null,
  policy: {},
  store_policy,
  paused: null,
  resumed_revision: null,
  revision: -1,
  unreadable: null,
});

/** The policy with some values set and others back at their defaults. */
export const changedPolicy = (policy: PolicyValues, set: PolicyValues, unset: readonly string[]): PolicyValues => {
  const kept = Object.entries({ ...policy, ...set }).filter(([key]) => key in set || !unset.includes(key));
  return PolicyValues.parse(Object.fromEntries(kept));
};

/** A pause as its event tells of it. */
export const pausedBy = ({ at, reason, by, cause }: Extract<BoardEvent, { type: 'BoardPaused' }>['data']): Paused => ({
  since: at,
  reason,
  ...(by !== undefined && { by }),
  ...(cause !== undefined && { cause }),
});

const changed = (state: BoardState, event: BoardEvent): BoardState => {
  switch (event.type) {
    case 'BoardCreated':
      return { ...state, exists: true, created_at: event.data.at, policy: event.data.policy };
    case 'PolicyChanged':
      return { ...state, policy: changedPolicy(state.policy, event.data.set, event.data.unset) };
    case 'BoardPaused':
      return { ...state, paused: pausedBy(event.data) };
    case 'BoardResumed':
      return { ...state, paused: null, resumed_revision: String(state.revision + 1) };
  }
};

/**
 * The board after one more event of its stream. Its events are few and decide over every task, so each is checked in full: a limit that
 * only a later version knows makes the board unreadable here, rather than go unheeded. From an event that this version cannot read it stays
 * `unreadable`, whatever follows.
 */
export const evolveBoard = (state: BoardState, wire: Wire): BoardState => {
  const event = parseBoardEvent(wire);
  const revision = state.revision + 1;
  if (!('unreadable' in event)) return { ...changed(state, event), revision };
  const { type, why } = event;
  return { ...state, revision, unreadable: state.unreadable ?? { revision: String(revision), type, why } };
};
