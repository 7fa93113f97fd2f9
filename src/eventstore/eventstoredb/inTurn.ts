/** Runs work of the same name one after the other; other names side by side. */
export const inTurn = (): (<Value>(name: string, work: () => Promise<Value>) => Promise<Value>) => {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const earlier = last.get(name);
    const mine = earlier === undefined ? work() : earlier.then(work, work);
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
};
