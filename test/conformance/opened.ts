import type { EventStore } from '../../src/eventstore/port.ts';

/** The store that the running test uses. */
export type Opened = () => EventStore;
