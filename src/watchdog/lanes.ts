type Lanes = {
  /** Works on this key when a lane is free; at most one lane works on a key, and a key that is asked for meanwhile is worked on once more. */
  readonly ask: (key: string) => void;
  /** Resolves when nothing waits and nothing runs. */
  readonly idle: () => Promise<void>;
  readonly busy: (key: string) => boolean;
  readonly waiting: () => number;
};

/** At most `width` keys at a time, in the order asked. `work` must not reject. After `signal` aborts nothing new begins. */
export const lanes = ({
  width,
  work,
  signal,
}: {
  readonly width: number;
  readonly work: (key: string) => Promise<void>;
  readonly signal: AbortSignal;
}): Lanes => {
  let queue: string[] = [];
  let head = 0;
  const queued = new Set<string>();
  const running = new Map<string, 'once' | 'again'>();
  let onIdle: (() => void)[] = [];

  const take = (): string | undefined => {
    const key = queue[head];
    head += 1;
    if (head < queue.length) return key;
    queue = [];
    head = 0;
    return key;
  };
  const run = async (key: string): Promise<void> => {
    running.set(key, 'once');
    await work(key);
    const again = running.get(key) === 'again';
    running.delete(key);
    if (again) ask(key);
    fill();
  };
  const fill = (): void => {
    while (running.size < width && queued.size > 0 && !signal.aborted) {
      const key = take();
      if (key === undefined) break;
      queued.delete(key);
      void run(key);
    }
    if (running.size > 0 || (queued.size > 0 && !signal.aborted)) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };
  const ask = (key: string): void => {
    if (running.has(key)) return void running.set(key, 'again');
    if (queued.has(key)) return;
    queued.add(key);
    queue.push(key);
    fill();
  };
  return {
    ask,
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve);
        fill();
      }),
    busy: (key) => running.has(key),
    waiting: () => queued.size + running.size,
  };
};
