import { describe, expect, it } from '@jest/globals';
import { patience, type Patience } from '../../../src/eventstore/eventstoredb/patience.ts';
import { virtualClock } from '../../support/virtualClock.ts';

/** What came in time, else undefined. */
const within =
  (wait: Patience) =>
  <Value>(ms: number, promise: Promise<Value>): Promise<Value | undefined> =>
    new Promise((resolve) => {
      const answered = wait(ms, () => resolve(undefined));
      const arrived = (value: Value): void => {
        answered();
        resolve(value);
      };
      void promise.then(arrived);
    });

const never = new Promise<string>(() => undefined);

describe('waiting for many answers at once', () => {
  it('gives each what came in its time, and up what did not', async () => {
    const clock = virtualClock();
    const wait = within(patience(clock, new AbortController().signal));
    const waits = [
      wait(1000, Promise.resolve('in time')),
      wait(1000, never),
      wait(
        1000,
        clock.sleep(5000).then(() => 'late'),
      ),
      wait(9000, never),
    ];
    await clock.advance(1200);
    expect(await Promise.all(waits.slice(0, 3))).toEqual(['in time', undefined, undefined]);
    await clock.advance(9000);
    expect(await waits[3]).toBeUndefined();
  });

  it('ends all of them with the signal, also those that come after it', async () => {
    const ended = new AbortController();
    const wait = within(patience(virtualClock(), ended.signal));
    const waits = [wait(1000, never), wait(60_000, never)];
    ended.abort();
    expect(await Promise.all([...waits, wait(1000, never)])).toEqual([undefined, undefined, undefined]);
  });

  it('keeps no timer for what has been answered', async () => {
    const sleeps: number[] = [];
    const clock = virtualClock();
    const counting = { ...clock, sleep: (ms: number, signal?: AbortSignal) => (sleeps.push(ms), clock.sleep(ms, signal)) };
    const wait = within(patience(counting, new AbortController().signal));
    await Promise.all(Array.from({ length: 100 }, () => wait(5000, Promise.resolve('at once'))));
    await clock.advance(10_000);
    expect(sleeps).toHaveLength(1);
  });
});
