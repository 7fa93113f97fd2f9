import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { elapsed } from '../../../src/domain/instant.ts';
import { systemClock, type Clock } from '../../../src/platform/clock.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

/** Time that runs so many times as fast, for a real child and a real board alike. */
const SPEED = 20;
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

describe('a supervised child over the length of its lease', () => {
  it('has its claim extended while it lives, although it says nothing; that is no heartbeat', async () => {
    const claimed = await shop.claim({}, 15_000);
    await shop.run('sleep 2', claimed); // 40 s
    const events = await shop.board.history(claimed.task_id);
    const extended = events.flatMap(({ type, data }) => (type === 'ClaimExtended' ? [data] : []));
    expect(extended.length).toBeGreaterThanOrEqual(2);
    expect(new Set(extended.map(({ why }) => why))).toEqual(new Set(['supervisor_alive']));
    expect(extended[0]?.evidence).toMatchObject({
      last_heartbeat_at: null,
      probe: { process: 'alive', supervisor: 'alive' },
      judge: { kind: 'supervisor', id: 'ada' },
    });
    expect(await shop.types(claimed.task_id)).not.toContain('HeartbeatRecorded');
  });

  it('beats by its output, at most once each third of a short lease', async () => {
    const claimed = await shop.claim({}, 15_000);
    await shop.run('for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo $i; sleep 0.1; done', claimed); // 32 s
    const beats = (await shop.board.history(claimed.task_id)).flatMap(({ type, data }) => (type === 'HeartbeatRecorded' ? [data.at] : []));
    expect(beats.length).toBeGreaterThanOrEqual(3);
    const span = elapsed(beats[0] ?? '', beats.at(-1) ?? '');
    expect((beats.length - 1) * 5000).toBeLessThan(span + 2500); // a beat may be stored a little late
  });
});
