import type { Clock } from '../platform/clock.ts';

/** Resolves when the signal aborts; at once when it has. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Waits for a promise that does not reject, but no longer than `ms`. */
export const within = async (promise: Promise<unknown>, ms: number, clock: Clock): Promise<void> => {
  const over = new AbortController();
  await Promise.race([promise, clock.sleep(ms, over.signal)]);
  over.abort();
};
