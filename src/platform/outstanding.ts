/** Work that goes on beside what was asked for: it never fails that, and whoever closes can wait for it. Keeps nothing of what is over. */
export const outstanding = () => {
  const underWay = new Set<Promise<void>>();
  return {
    /** Resolves when this work is over, whether it went well or not. */
    add: (work: Promise<unknown>): Promise<void> => {
      const ended = (): void => void underWay.delete(over);
      const over: Promise<void> = work.then(ended, ended);
      underWay.add(over);
      return over;
    },
    /** Resolves when all work that was added so far is over. */
    over: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
};
