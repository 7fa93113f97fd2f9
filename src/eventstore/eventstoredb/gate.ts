/** Lets so many through at a time, first come first served. */
export type Gate = {
  /** What gives the place back; undefined: all are taken. */
  readonly tryEnter: () => (() => void) | undefined;
  /** Resolves, in turn, to what gives the place back. */
  readonly enter: () => Promise<() => void>;
  /** Resolves when nobody is inside. */
  readonly empty: () => Promise<void>;
};

export const gate = (places: number): Gate => {
  const queue: (() => void)[] = [];
  let inside = 0;
  let emptied: (() => void)[] = [];
  const leave = () => {
    inside -= 1;
    queue.shift()?.();
    if (inside > 0) return;
    for (const resolve of emptied) resolve();
    emptied = [];
  };
  const admit = () => {
    inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };
  return {
    tryEnter: () => (inside < places ? admit() : undefined),
    enter: () =>
      inside < places
        ? Promise.resolve(admit())
        : new Promise((resolve) => {
            queue.push(() => resolve(admit()));
          }),
    empty: () => (inside === 0 ? Promise.resolve() : new Promise((resolve) => emptied.push(resolve))),
  };
};
