/** Work that goes on beside what was asked for: it never fails that, and whoever closes can wait for it. */
export const outstanding = () => {
  let all: Promise<unknown> = Promise.resolve();
  return {
    /** Resolves when this work is over, whether it went well or not. */
    add: (work: Promise<unknown>): Promise<void> => {
      const over = work.then(
        () => undefined,
        () => undefined,
      );
      all = Promise.all([all, over]);
      return over;
    },
    /** Resolves when all work that was added so far is over. */
    over: async (): Promise<void> => {
      await all;
    },
  };
};
