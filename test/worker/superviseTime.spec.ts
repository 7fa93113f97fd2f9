import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { elapsed } from '../../src/domain/instant.ts';
import { systemClock, type Clock } from '../../src/platform/clock.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

/** Time that runs so many times as fast, for a real child and a real board alike. */
const SPEED = 50;
const fastClock = (): Clock => {
  const real = systemClock();
  const start = real.now();
  return {
    now: () => start + Math.round((real.now() - start) * SPEED),
    monotonic: () => real.monotonic() * SPEED,
    sleep: (ms, signal) => real.sleep(ms / SPEED, signal),
  };
};

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop({ clock: fastClock() });
});
afterEach(() => shop.close());

const gaps = (times: readonly string[]): readonly number[] => times.slice(1).map((at, index) => elapsed(times[index] ?? at, at));

describe('a supervised child over the length of its lease', () => {
  it('has its claim extended while it lives, although it says nothing; that is no heartbeat', async () => {
    const claimed = await shop.claim({}, 15_000);
    await shop.run('sleep 1', claimed); // 50 s
    const events = await shop.board.history(claimed.task_id);
    const extended = events.flatMap(({ type, data }) => (type === 'ClaimExtended' ? [data] : []));
    expect(extended.length).toBeGreaterThanOrEqual(3);
    expect(new Set(extended.map(({ why }) => why))).toEqual(new Set(['supervisor_alive']));
    expect(extended[0]?.evidence).toMatchObject({
      last_heartbeat_at: null,
      probe: { process: 'alive', supervisor: 'alive' },
      judge: { kind: 'supervisor', id: 'ada' },
    });
    expect(elapsed(claimed.claim_expires, extended[0]?.at ?? '')).toBeLessThan(0);
    expect(await shop.types(claimed.task_id)).not.toContain('HeartbeatRecorded');
  });

  it('beats by its output, at most once each third of a short lease', async () => {
    const claimed = await shop.claim({}, 15_000);
    await shop.run('for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i; sleep 0.05; done', claimed); // 30 s
    const beats = (await shop.board.history(claimed.task_id)).flatMap(({ type, data }) => (type === 'HeartbeatRecorded' ? [data.at] : []));
    expect(beats.length).toBeGreaterThanOrEqual(4);
    expect(Math.min(...gaps(beats))).toBeGreaterThan(4500);
  });
});
