import type { Board } from '../../src/board/board.ts';
import { createBoard } from '../../src/board/createBoard.ts';
import { boardIds as ids } from '../../src/boardIds.ts';
import { NOT_LOOKED } from '../../src/domain/process.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { admitted } from '../../src/projections/admitted.ts';
import { nominate } from '../../src/projections/nominate.ts';
import { openReadModel } from '../../src/projections/readModel.ts';

export type BoardOn = { readonly board: Board; readonly close: () => void };

/** The board `main` on a store that somebody else has opened, as one more process would have it: with rows and caches of its own. */
export const boardOn = async (store: EventStore, clock: Clock): Promise<BoardOn> => {
  const readModel = await openReadModel({ store, directory: ':memory:', clock });
  const nominated = nominate({ store, readModel, board: 'main', clock });
  const board = createBoard({
    store,
    name: 'main',
    actor: { kind: 'human', id: 'ana' },
    surface: 'spec',
    version: '0.1.0',
    ids,
    clock,
    ready: { ...nominated, lookAgain: async (filter) => nominated.lookAgain(filter), wake: async () => false, head: () => store.head() },
    admissions: async () => admitted({ readModel, board: 'main' }),
    look: async () => () => NOT_LOOKED,
  });
  return { board, close: () => readModel.close() };
};
