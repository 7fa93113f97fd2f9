/** Runs what is asked under one key one after the other; other keys go side by side. Keeps nothing of a key when its last work is done. */
export const inTurn = (): (<Answer>(key: string, work: () => Promise<Answer>) => Promise<Answer>) => {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
};
