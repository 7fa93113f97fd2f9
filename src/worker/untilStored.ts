import type { Clock } from '../platform/clock.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** The store is out of reach for now: the error of that name of the event store (which this folder does not import). */
export const isUnavailable = (error: unknown): boolean => error instanceof Error && error.name === 'StoreUnavailable';

/** It is there and does not let us: nothing mends that but a person. */
export const isDenied = (error: unknown): boolean => error instanceof Error && 'denied' in error && error.denied === true;

/** The store was closed under us: no use in trying again. */
export const isClosed = (error: unknown): boolean => error instanceof Error && error.name === 'StoreClosed';

/**
 * Tries again, with growing waits (250 ms to 5 s), while the store is out of reach. Other errors go to the caller at once, and so does
 * the last one when `signal` aborts, and one that is `hopeless`.
 */
export const untilStored = async <T>(
  attempt: () => Promise<T>,
  clock: Clock,
  signal?: AbortSignal,
  hopeless: (error: unknown) => boolean = () => false,
): Promise<T> => {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnavailable(error) || signal?.aborted === true || hopeless(error)) throw error;
    }
    await clock.sleep(wait, signal);
  }
};
