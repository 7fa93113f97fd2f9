import type { Instant } from '../domain/instant.ts';
import type { RecordedEvent } from '../eventstore/port.ts';

/** The instant an event says it happened; undefined when it says none. */
export const atOf = ({ data }: RecordedEvent): Instant | undefined => (typeof data['at'] === 'string' ? data['at'] : undefined);
