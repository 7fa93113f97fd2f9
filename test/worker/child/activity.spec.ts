import { describe, expect, it } from '@jest/globals';
import { activityInterval } from '../../../src/domain/lease.ts';
import { activityBeats } from '../../../src/worker/child/activity.ts';
import { virtualClock } from '../../support/virtualClock.ts';

describe('activity as beats', () => {
  it.each([
    { lease_ms: 900_000, interval: 60_000 },
    { lease_ms: 180_000, interval: 60_000 },
    { lease_ms: 15_000, interval: 5000 },
  ])('is at most one a minute, or a third of a lease of $lease_ms ms', ({ lease_ms, interval }) => {
    expect(activityInterval(lease_ms)).toBe(interval);
  });

  it('beats at the first activity, then at the first after each interval, however much there is', async () => {
    const clock = virtualClock();
    const beats: number[] = [];
    const active = activityBeats({ lease_ms: 15_000, clock, beat: async () => beats.push(clock.monotonic()) });
    for (let at = 0; at < 11_000; at += 100) {
      active();
      await clock.advance(100);
    }
    expect(beats).toEqual([0, 5000, 10_000]);
  });

  it('never throws when a beat cannot be stored, and beats again after the interval', async () => {
    const clock = virtualClock();
    let beats = 0;
    const active = activityBeats({
      lease_ms: 15_000,
      clock,
      beat: async () => {
        beats += 1;
        throw new Error('out of reach');
      },
    });
    active();
    await clock.advance(5000);
    active();
    await clock.advance(0);
    expect(beats).toBe(2);
  });
});
