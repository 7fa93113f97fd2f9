import type { Clock } from '../platform/clock.ts';

/** One timer for everything that is due at some time. */
type Rhythm = {
  /** Something is due in so many ms: cuts the wait short if it would last longer. */
  readonly within: (ms: number) => void;
  readonly done: Promise<void>;
};

/** The shortest wait (ms): whatever falls due within it is done together. */
const LEAST_MS = 2;

/** `tick` does what is due and says in how many ms something will be. It must not throw. */
export const rhythm = ({ clock, tick, signal }: { readonly clock: Clock; readonly tick: () => number; readonly signal: AbortSignal }): Rhythm => {
  let alarm = new AbortController();
  let armedFor = Number.NEGATIVE_INFINITY;
  signal.addEventListener('abort', () => alarm.abort(), { once: true });
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      alarm = new AbortController();
      const wait = Math.max(tick(), LEAST_MS);
      armedFor = clock.monotonic() + wait;
      await clock.sleep(wait, alarm.signal);
    }
  };
  return {
    within: (ms) => {
      if (clock.monotonic() + Math.max(ms, LEAST_MS) < armedFor) alarm.abort();
    },
    done: run(),
  };
};
