import { describe, expect, it } from '@jest/globals';
import type { Board } from '../../src/board/board.ts';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { claimLoop } from '../../src/worker/claimLoop.ts';
import { virtualClock } from '../support/virtualClock.ts';

type Answer = Awaited<ReturnType<Board['claimNext']>>;

const denied = new StoreUnavailable('db does not let this user', 'ask', { denied: true });
const busy = new StoreUnavailable('busy', 'wait');
const paused: Answer = { ok: false, code: 'BoardPaused', message: 'paused' };

/** What became of a loop whose claims are answered so, and how often it asked; an empty list at the end is asked no more. */
const looped = async (answers: readonly (Answer | Error)[]) => {
  const [clock, left, stop] = [virtualClock(), [...answers], new AbortController()];
  const claimNext: Board['claimNext'] = async () => {
    const answer = left.shift() ?? paused;
    if (left.length === 0) stop.abort();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const board = { claimNext, execute: () => Promise.reject(new Error('nothing was claimed')) };
  const ended = claimLoop({ board, claim: { worker: 'ada' }, concurrency: 1, signal: stop.signal, clock, work: async () => undefined });
  const outcome = ended.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  await clock.advance(60_000);
  return { outcome: await outcome, left: left.length };
};

describe('a worker whose user the store does not let claim', () => {
  it('ends with what the store says, when that is the first thing it says', async () => {
    expect(await looped([denied, paused])).toEqual({ outcome: expect.stringContaining('does not let this user'), left: 1 });
    expect(await looped([busy, denied, paused])).toEqual({ outcome: expect.stringContaining('does not let this user'), left: 1 });
  });

  it('waits when the store took its claims before: rights come back', async () => {
    expect(await looped([paused, denied, denied, paused])).toEqual({ outcome: 'ended', left: 0 });
  });
});

describe('a worker whose store is away', () => {
  it('waits from the start', async () => {
    expect(await looped([busy, busy, paused])).toEqual({ outcome: 'ended', left: 0 });
  });
});
