/** The one source of time. Injected everywhere; tests bring a virtual one. */
export interface Clock {
  /** Wall clock, ms since the Unix epoch. */
  now(): number;
  /** Monotonic clock, ms since an arbitrary start; does not jump. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. Sleeping does not keep the process alive by itself when `unref` is set. */
export const systemClock = ({ unref = false }: { unref?: boolean } = {}): Clock => ({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
      if (unref) timer.unref();
      signal?.addEventListener('abort', wake, { once: true });
    }),
});

/** Node fires a longer timer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
