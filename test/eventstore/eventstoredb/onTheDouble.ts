import { afterEach, beforeEach } from '@jest/globals';
import { type EventStoreDbStore, openEventStoreDbStore, type OpenEventStoreDbStore } from '../../../src/eventstore/eventstoredb/eventStoreDbStore.ts';
import type { Timings } from '../../../src/eventstore/eventstoredb/timings.ts';
import { type DoubleOptions, type EventStoreDbDouble, eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';

/** The waits of production, made short; their order to each other is kept. */
export const QUICK: Timings = {
  appendMs: 400,
  readMs: 400,
  storeWaitMs: 8_000,
  retryMs: [10, 50],
  confirmMs: 400,
  resubscribeMs: [10, 50],
  canaryMs: 150,
  closeMs: 300,
};

export type OnTheDouble = {
  readonly server: () => EventStoreDbDouble;
  /** A store on the server, closed at the end of the spec. */
  readonly open: (options?: Partial<OpenEventStoreDbStore>) => Promise<EventStoreDbStore>;
};

/** A server for each spec, and the stores that it opens. */
export const onTheDouble = (options?: DoubleOptions): OnTheDouble => {
  let running: EventStoreDbDouble | undefined;
  let opened: EventStoreDbStore[] = [];
  const server = () => {
    if (running === undefined) throw new Error('no server runs');
    return running;
  };
  beforeEach(async () => {
    running = await eventStoreDbDouble({ writeTimeoutMs: 200, ...options });
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
    await server().close();
  });
  return {
    server,
    open: async ({ timings, ...more } = {}) => {
      const store = await openEventStoreDbStore({ address: server().address, timings: { ...QUICK, ...timings }, ...more });
      opened.push(store);
      return store;
    },
  };
};
