import { describe, expect, it } from '@jest/globals';
import { instantOf } from '../../../src/domain/instant.ts';
import { keepExtended } from '../../../src/worker/child/extension.ts';
import { virtualClock } from '../../support/virtualClock.ts';

const LEASE = 15_000;

const extended = (grant: (now: number) => number | undefined) => {
  const clock = virtualClock();
  const stop = new AbortController();
  const asked: number[] = [];
  let expires = clock.now() + LEASE;
  const running = keepExtended({
    lease_ms: LEASE,
    expires: () => instantOf(expires),
    extend: async () => {
      asked.push(clock.monotonic());
      expires = grant(clock.now()) ?? expires;
    },
    clock,
    signal: stop.signal,
  });
  return { clock, asked, beat: () => (expires = clock.now() + LEASE), end: () => (stop.abort(), running) };
};

describe('the extension of a claim while its child lives', () => {
  it('is asked for when a third of the lease is left', async () => {
    const { clock, asked, end } = extended((now) => now + LEASE);
    await clock.advance(31_000);
    await end();
    expect(asked).toEqual([10_000, 20_000, 30_000]);
  });

  it('is not asked for while beats move the lease', async () => {
    const { clock, asked, beat, end } = extended((now) => now + LEASE);
    for (let beats = 0; beats < 6; beats += 1) {
      await clock.advance(5000);
      beat();
    }
    await end();
    expect(asked).toEqual([]);
  });

  it('goes on asking, but not in a hurry, when it is refused or the store is out of reach', async () => {
    const { clock, asked, end } = extended(() => {
      throw new Error('out of reach');
    });
    await clock.advance(15_000);
    await end();
    expect(asked).toEqual([10_000, 12_500, 15_000]);
  });
});
