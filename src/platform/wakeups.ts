export type Wakeups = {
  /** Wakes everyone who waits now. */
  readonly wake: () => void;
  /** Resolves at the next `wake`, or when the signal aborts; never rejects. */
  readonly wait: (signal?: AbortSignal) => Promise<void>;
};

/** A bell: no memory, so look at the state first and wait in the same turn. */
export const wakeups = (): Wakeups => {
  const waiting = new Set<() => void>();
  return {
    wake: () => {
      for (const resume of Array.from(waiting)) resume();
    },
    wait: (signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const resume = () => {
          waiting.delete(resume);
          signal?.removeEventListener('abort', resume);
          resolve();
        };
        waiting.add(resume);
        signal?.addEventListener('abort', resume, { once: true });
      }),
  };
};
