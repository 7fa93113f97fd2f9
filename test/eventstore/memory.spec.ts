import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { eventStoreConformance } from '../conformance/eventStore.ts';

eventStoreConformance('memory', async () => memoryEventStore());
