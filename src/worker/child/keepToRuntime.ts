import type { Clock } from '../../platform/clock.ts';

type Runtime = {
  /** How much of the longest run is left (ms), 0 or less when it is over; undefined: there is no such limit now. */
  readonly left: () => Promise<number | undefined>;
  /** Brings the run before the board, which judges it by the same table as for a watchdog. */
  readonly judge: () => Promise<unknown>;
  /** How often the limit is read again (ms): it may be changed while the run is open. */
  readonly every: number;
  readonly clock: Clock;
  /** Aborts when the child has ended. */
  readonly signal: AbortSignal;
};

/** When a limit that could not be read, or a judgement that could not be stored, is tried again (ms). */
const RETRY_MS = 5000;

/** Ends a run at its max_runtime also where nobody watches the board. Goes on until the signal aborts. Never rejects: what fails is tried again. */
export const keepToRuntime = async ({ left, judge, every, clock, signal }: Runtime): Promise<void> => {
  while (!signal.aborted) {
    const ms = await left().catch(() => RETRY_MS);
    const over = ms !== undefined && ms <= 0 && !signal.aborted;
    if (over) await judge().catch(() => undefined);
    await clock.sleep(Math.min(over ? RETRY_MS : (ms ?? every), every), signal);
  }
};
