type InTurn = {
  /** Runs work of the same name one after the other; other names side by side. Keeps nothing of a name when its last work is done. */
  readonly run: <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;
  /** Resolves when what is under way now has ended, however. */
  readonly over: () => Promise<unknown>;
};

export const inTurn = (): InTurn => {
  const last = new Map<string, Promise<unknown>>();
  const run: InTurn['run'] = (name, work) => {
    const earlier = last.get(name);
    const mine = earlier === undefined ? work() : earlier.then(work, work);
    last.set(name, mine);
    const end = (): void => {
      if (last.get(name) === mine) last.delete(name);
    };
    mine.then(end, end);
    return mine;
  };
  return { run, over: () => Promise.allSettled(last.values()) };
};
