import type { Board } from '../../src/board/board.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { boardOn } from './boardOn.ts';

export type TwoBoards = {
  readonly mine: Board;
  readonly theirs: Board;
  /** What happens once, between the next decision of mine and its append. */
  readonly meanwhile: (happens: () => Promise<void>) => void;
  readonly close: () => void;
};

const nothing = async (): Promise<void> => undefined;

/** The board `main` as two processes have it, one of which does something in the very moment in which the other decides. */
export const twoBoards = async (): Promise<TwoBoards> => {
  const store = memoryEventStore();
  let next = nothing;
  const append: typeof store.append = async (...given) => {
    const happens = next;
    next = nothing;
    await happens();
    return store.append(...given);
  };
  const [mine, theirs] = [await boardOn({ ...store, append }, systemClock()), await boardOn(store, systemClock())];
  await mine.board.change({ type: 'CreateBoard', board: 'main' });
  return {
    mine: mine.board,
    theirs: theirs.board,
    meanwhile: (happens) => {
      next = happens;
    },
    close: () => {
      mine.close();
      theirs.close();
    },
  };
};
