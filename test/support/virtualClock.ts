import type { Clock } from '../../src/platform/clock.ts';

/** A clock that a spec moves by hand: nothing waits in real time. */
export type VirtualClock = Clock & {
  /** Lets `ms` pass: every sleeper wakes in order, and what it starts is run to its end before the next one wakes. */
  advance(ms: number): Promise<void>;
  /** Lets time pass, sleeper by sleeper, until `done` holds; throws after `atMost` ms. */
  until(done: () => boolean, atMost?: number): Promise<void>;
  /** Moves the wall clock alone, as a suspended machine or a person does. */
  jump(ms: number): void;
  /** Runs what is ready to run, without letting time pass. */
  settle(): Promise<void>;
};

type Sleeper = { readonly at: number; readonly order: number; readonly wake: () => void };

/** Turns of the event loop after which whatever was ready is taken to have run: a handful of awaits on a store in memory. */
const TURNS = 12;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export const virtualClock = (start = Date.parse('2026-11-21T09:00:00.000Z')): VirtualClock => {
  let passed = 0;
  let offset = start;
  let order = 0;
  const sleepers = new Set<Sleeper>();
  const first = (): Sleeper | undefined => [...sleepers].toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  const advance = async (ms: number): Promise<void> => {
    const end = passed + ms;
    await settle();
    for (let next = first(); next !== undefined && next.at <= end; next = first()) {
      passed = Math.max(passed, next.at);
      sleepers.delete(next);
      next.wake();
      await settle();
    }
    passed = end;
    await settle();
  };
  return {
    now: () => Math.floor(offset + passed),
    monotonic: () => passed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { at: passed + Math.max(ms, 0), order: order++, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    advance,
    until: async (done, atMost = 24 * 3_600_000) => {
      const end = passed + atMost;
      await settle();
      while (!done()) {
        const next = first();
        if (next === undefined || next.at > end) throw new Error('it never came to that');
        await advance(next.at - passed);
      }
    },
    jump: (ms) => {
      offset += ms;
    },
    settle,
  };
};
