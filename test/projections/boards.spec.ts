import { describe, expect, it } from '@jest/globals';
import { evolveBoard, noBoard } from '../../src/domain/board/evolve.ts';
import type { RecordedEvent } from '../../src/eventstore/port.ts';
import { boards, type BoardRow } from '../../src/projections/boards.ts';
import { told } from '../support/taskLog.ts';
import type { Told } from '../support/taskLog.ts';

const created = told('BoardCreated', 0, { board: 'main', policy: { claim_ttl_ms: 60_000 } });
const recorded = (events: readonly Told[]): readonly RecordedEvent[] =>
  events.map((event, n) => ({ ...event, id: `e${n}`, stream: 'board-main', revision: BigInt(n), position: BigInt(n + 1), metadata: {} }));

/** The row and the state that the decider goes by, after the same events. */
const both = (...events: readonly Told[]) => {
  const log = recorded(events);
  const row = log.reduce<BoardRow | undefined>((known, event) => boards.apply(known, event, 'main'), undefined);
  return { row, state: log.reduce(evolveBoard, noBoard('main')) };
};

describe('the row of a board', () => {
  it('has the policy that the board decides by, also where a change sets and unsets the same limit', () => {
    const { row, state } = both(created, told('PolicyChanged', 1, { set: { claim_ttl_ms: 30_000, max_running: 2 }, unset: ['claim_ttl_ms', 'failure_limit'] }));
    expect(state.policy).toEqual({ claim_ttl_ms: 30_000, max_running: 2 });
    expect(row?.policy).toEqual(state.policy);
  });

  it('is unreadable from the event from which the board is, though only its content is of a later version', () => {
    const { row, state } = both(created, told('PolicyChanged', 1, { set: { limit_of_tomorrow: 3 }, unset: [] }), told('BoardPaused', 2, { reason: 'later' }));
    expect(state.unreadable).toMatchObject({ type: 'PolicyChanged', revision: '1' });
    expect(row).toMatchObject({ unreadable: { type: 'PolicyChanged', revision: '1' }, policy: { claim_ttl_ms: 60_000 }, paused: null });
  });
});
