import type { Clock } from '../../platform/clock.ts';
import type { Durable } from './durable.ts';

/** Between what reads find and those who are told of it. */
export type ReadBarrier = {
  /** In a read: it found this event, or the log ends there. */
  readonly found: (position: number) => void;
  /** Runs a read, and flushes what it found after it: within, its snapshot would keep the write-ahead log from starting over for as long as that takes. */
  readonly around: <T>(read: () => T) => T;
  /**
   * Up to where a log that ends at `end` is told of to who follows it: not beyond what is known to be on the disk while somebody says again and again how
   * far it is. Each follower would else flush for each append, and, where that takes longer than an append, do nothing else. @throws StoreUnavailable when the disk failed
   */
  readonly followed: (end: number) => number;
  /** Whether the last answer of `followed` was less than `end`: look again at the next ring or poll. */
  readonly withheld: () => boolean;
};

export type ReadBarrierOf = {
  readonly durable: Pick<Durable, 'upTo' | 'known' | 'assert'>;
  /** Up to where other processes said that they flushed it. */
  readonly told: () => number;
  readonly clock: Pick<Clock, 'monotonic'>;
};

/** A writer rings when it has flushed. One that was killed before it does not: others flush at the first look after this time. */
const RINGS_SOON_MS = 100;

export const readBarrier = ({ durable, told, clock }: ReadBarrierOf): ReadBarrier => {
  let reached = 0;
  let heard = 0;
  let heardAt = Number.NEGATIVE_INFINITY;
  let withheld = false;
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
    followed: (end) => {
      const said = told();
      if (said > heard) heardAt = clock.monotonic();
      heard = Math.max(heard, said);
      const known = durable.known();
      if (end > known) durable.assert();
      withheld = end > known && clock.monotonic() - heardAt < RINGS_SOON_MS;
      return withheld ? known : end;
    },
    withheld: () => withheld,
  };
};
