import { StoreClosed } from '../../src/eventstore/errors.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { eventStoreConformance } from '../conformance/eventStore.ts';
import { freshStream, someEvents } from '../support/storeEvents.ts';

eventStoreConformance('memory', async () => memoryEventStore());

/** Appends to foreign streams, a few in each turn of the event loop, until the store is closed. */
const traffic = async (store: EventStore): Promise<void> => {
  for (;;) {
    try {
      await store.append(freshStream('foreign'), someEvents(2), 'no_stream');
    } catch (error) {
      if (error instanceof StoreClosed) return;
      throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
};

// What the suite will meet on a shared server.
eventStoreConformance('memory with the traffic of others', async () => {
  const store = memoryEventStore();
  for (let i = 0; i < 20; i += 1) await store.append(freshStream('foreign'), someEvents(5), 'no_stream');
  void traffic(store);
  return store;
});
