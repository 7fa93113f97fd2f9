import type { Durable } from './durable.ts';

/** Between what reads find and those who are told of it. */
export type Fence = {
  /** In a read: it found this event, or the log ends there. */
  readonly found: (position: number) => void;
  /** Runs a read, and flushes what it found after it: within, its snapshot would keep the write-ahead log from starting over for as long as that takes. */
  readonly around: <T>(read: () => T) => T;
};

export const fence = (durable: Pick<Durable, 'upTo'>): Fence => {
  let reached = 0;
  return {
    found: (position) => {
      reached = Math.max(reached, position);
    },
    around: (read) => {
      reached = 0;
      const answer = read();
      if (reached > 0) durable.upTo(reached);
      return answer;
    },
  };
};
