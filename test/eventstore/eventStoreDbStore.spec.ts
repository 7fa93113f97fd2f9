import { describe } from '@jest/globals';
import { openEventStoreDbStore } from '../../src/eventstore/eventstoredb/eventStoreDbStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { eventStoreConformance } from '../conformance/eventStore.ts';
import { eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';

/** A store on a server of its own, which ends with it. */
const onItsOwnServer = async (appendPath: 'classic' | 'batch'): Promise<EventStore> => {
  const server = await eventStoreDbDouble();
  const store = await openEventStoreDbStore({ address: server.address, appendPath });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await store.close();
    await server.close();
  };
  return { ...store, close: () => (closing ??= close()) };
};

eventStoreConformance('EventStoreDB (classic path)', () => onItsOwnServer('classic'));
eventStoreConformance('EventStoreDB (batch path)', () => onItsOwnServer('batch'));

// An insecure node that may hold other data. Without one these are reported as skipped.
const url = process.env['HOLDFAST_TEST_ESDB_URL'];
const given = url === undefined || url === '' ? describe.skip : describe;
given('the server of HOLDFAST_TEST_ESDB_URL', () => {
  for (const appendPath of ['classic', 'batch'] as const)
    eventStoreConformance(`EventStoreDB (${appendPath} path)`, () => openEventStoreDbStore({ address: url ?? '', appendPath }));
});
