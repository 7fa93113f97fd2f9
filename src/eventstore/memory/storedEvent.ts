import type { PreparedEvent } from '../newEvents.ts';
import type { JsonObject, RecordedEvent } from '../port.ts';

export type StoredEvent = PreparedEvent & { readonly stream: string; readonly revision: bigint; readonly position: bigint };

/** Parsed anew for each reader, so that none can change the log. */
export const recorded = ({ data, metadata, ...event }: StoredEvent): RecordedEvent => ({ ...event, data: parsed(data), metadata: parsed(metadata) });

const parsed = (json: string): JsonObject => JSON.parse(json);
