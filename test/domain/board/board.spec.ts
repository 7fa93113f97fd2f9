import { describe, it, expect } from '@jest/globals';
import { BoardCommand, type BoardCommandInput, type BoardEvent, type BoardState } from '../../../src/domain/board/board.ts';
import { encodeBoardEvent } from '../../../src/domain/board/codec.ts';
import { decideBoard } from '../../../src/domain/board/decide.ts';
import { evolveBoard, noBoard } from '../../../src/domain/board/evolve.ts';
import { SHRUNKEN } from '../../../src/interfaces/cli/demo/policy.ts';
import { minute, T0 } from '../../support/told.ts';

const fold = (...events: readonly BoardEvent[]): BoardState => events.reduce(evolveBoard, noBoard('main'));
const after = (state: BoardState, input: BoardCommandInput) => {
  const decision = decideBoard(BoardCommand.parse({ ...input, at: minute(1) }), state);
  for (const event of decision.events) expect(encodeBoardEvent(event)).toEqual(event);
  const next = decision.events.reduce(evolveBoard, state);
  if (decision.answer.ok) expect(decision.answer.revision).toBe(String(next.revision));
  return { ...decision, next, types: decision.events.map(({ type }) => type) };
};

const board = fold({ type: 'BoardCreated', data: { at: T0, board: 'main', policy: { claim_ttl_ms: 60_000 } } });
const paused = fold({ type: 'BoardCreated', data: { at: T0, board: 'main', policy: {} } }, { type: 'BoardPaused', data: { at: T0, reason: 'release' } });

describe('a board', () => {
  it('is created with its policy', () => {
    const { types, next } = after(noBoard('main'), { type: 'CreateBoard', board: 'main', policy: { claim_ttl_ms: 60_000 } });
    expect(types).toEqual(['BoardCreated']);
    expect(next).toMatchObject({ exists: true, created_at: minute(1), policy: { claim_ttl_ms: 60_000 }, paused: null, revision: 0 });
  });

  it('created again with the same policy changes nothing, with another is refused', () => {
    expect(after(board, { type: 'CreateBoard', board: 'main', policy: { claim_ttl_ms: 60_000 } })).toMatchObject({ types: [], answer: { ok: true } });
    expect(after(board, { type: 'CreateBoard', board: 'main' })).toMatchObject({ types: [], answer: { ok: false, code: 'AlreadyExists' } });
  });

  it('is not created under another name than its own', () =>
    expect(after(noBoard('main'), { type: 'CreateBoard', board: 'nightly' })).toMatchObject({ types: [], answer: { ok: false, code: 'InvalidInput' } }));

  it.each(['ChangePolicy', 'PauseBoard', 'ResumeBoard'] as const)('must be there for %s', (type) =>
    expect(after(noBoard('main'), { type })).toMatchObject({ types: [], answer: { ok: false, code: 'NotFound' } }),
  );

  it('sets limits, and puts others back to their default', () => {
    const { types, next } = after(board, { type: 'ChangePolicy', set: { failure_limit: 5 }, unset: ['claim_ttl_ms'] });
    expect(types).toEqual(['PolicyChanged']);
    expect(next.policy).toEqual({ failure_limit: 5 });
  });

  it('has nothing to do for a policy that it has already', () =>
    expect(after(board, { type: 'ChangePolicy', set: { claim_ttl_ms: 60_000 }, unset: ['failure_limit'] })).toMatchObject({ types: [], answer: { ok: true } }));

  it('refuses to unset a limit that there is not', () =>
    expect(after(board, { type: 'ChangePolicy', unset: ['claim_tll_ms'] })).toMatchObject({
      answer: { ok: false, code: 'InvalidPolicy', field: 'claim_tll_ms' },
    }));

  it('refuses values that make no sense together, with the field, the value and the range', () =>
    expect(after(board, { type: 'ChangePolicy', set: { heartbeat_max_stale_ms: 5000 } })).toMatchObject({
      types: [],
      answer: { ok: false, code: 'InvalidPolicy', field: 'heartbeat_max_stale_ms', value: 5000, min: 20_000 },
    }));

  it('refuses a back-off that is longer than the longest one', () => {
    expect(after(board, { type: 'ChangePolicy', set: { retry_backoff_max_ms: 10_000 } })).toMatchObject({
      types: [],
      answer: { ok: false, code: 'InvalidPolicy', field: 'retry_backoff_ms', value: 30_000, max: 10_000 },
    });
    expect(after(board, { type: 'ChangePolicy', set: { retry_backoff_ms: 0, retry_backoff_max_ms: 10_000 } })).toMatchObject({ answer: { ok: true } });
  });

  it('accepts the shrunken policy of the demo', () => expect(after(board, { type: 'ChangePolicy', set: SHRUNKEN })).toMatchObject({ answer: { ok: true } }));

  it('refuses each value outside its range', () => {
    const outside = { type: 'ChangePolicy', at: T0, set: { claim_ttl_ms: 4999 } };
    expect(BoardCommand.safeParse(outside).success).toBe(false);
    expect(BoardCommand.safeParse({ ...outside, set: { claim_ttl_ms: 5000 } }).success).toBe(true);
  });

  it('pauses and resumes, and does either only once', () => {
    expect(after(board, { type: 'PauseBoard', reason: 'release' })).toMatchObject({
      types: ['BoardPaused'],
      next: { paused: { since: minute(1), reason: 'release' } },
    });
    expect(after(paused, { type: 'PauseBoard' })).toMatchObject({ types: [], answer: { ok: true } });
    expect(after(paused, { type: 'ResumeBoard' })).toMatchObject({ types: ['BoardResumed'], next: { paused: null } });
    expect(after(board, { type: 'ResumeBoard' })).toMatchObject({ types: [], answer: { ok: true } });
  });

  it('is unreadable, not broken, when a later version gave it a limit or a value that this one does not know', () => {
    const later = { at: minute(2), unset: [] };
    for (const set of [{ most_running: 5 }, { claim_ttl_ms: 1 }]) {
      const state = evolveBoard(board, { type: 'PolicyChanged', data: { ...later, set } });
      expect(after(state, { type: 'PauseBoard' })).toMatchObject({ types: [], answer: { ok: false, code: 'Unreadable', type: 'PolicyChanged' } });
    }
  });

  it('refuses everything once it has an event that this version cannot read', () => {
    const unreadable = evolveBoard(board, { type: 'BoardSplit', data: {} });
    expect(after(unreadable, { type: 'PauseBoard' })).toMatchObject({ types: [], answer: { ok: false, code: 'Unreadable', type: 'BoardSplit' } });
  });
});
