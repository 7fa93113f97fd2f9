import { afterEach, beforeEach } from '@jest/globals';
import { type EventStoreDbStore, openEventStoreDbStore, type OpenEventStoreDbStore } from '../../../src/eventstore/eventstoredb/eventStoreDbStore.ts';
import type { Timings } from '../../../src/eventstore/eventstoredb/timings.ts';
import { type DoubleOptions, type EventStoreDbDouble, eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';

/**
 * Short where a wait is only taken again. What would be taken for a failure on a busy machine is long: a spec about such a wait gives its own.
 */
export const QUICK: Timings = {
  appendMs: 400,
  readMs: 400,
  storeWaitMs: 30_000,
  retryMs: [10, 50],
  confirmMs: 30_000,
  resubscribeMs: [10, 50],
  canaryMs: 600_000,
  closeMs: 300,
};

/** The waits of one try as long as a spec may take: for one about anything else, in which a try that is sent again would be counted. */
export const PATIENT = { appendMs: 30_000, readMs: 30_000 } as const;

export const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for what must come, for as long as the spec may run. */
export const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await passed(5);
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
