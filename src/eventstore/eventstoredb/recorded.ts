import { StoreUnreadable } from '../errors.ts';
import type { JsonObject, RecordedEvent } from '../port.ts';

/** What the client makes of a stored event, foreign ones included: bytes, links and text that is no JSON. */
export type ClientEvent = {
  readonly streamId: string;
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly created: Date;
  readonly position?: { readonly commit: bigint; readonly prepare: bigint } | undefined;
};

/** Never throws for what an event contains: one that is no JSON object is empty, so that its stream is unreadable and all others go on. */
export const recordedOf = (event: ClientEvent): RecordedEvent => ({
  id: event.id,
  type: event.type,
  data: objectOf(event.data),
  metadata: objectOf(event.metadata),
  stream: event.streamId,
  revision: event.revision,
  position: positionOf(event),
});

/** @throws StoreUnreadable */
export const positionOf = ({ position }: Pick<ClientEvent, 'position'>): bigint => {
  if (position === undefined) throw new StoreUnreadable('the server gives no positions', 'use EventStoreDB 23.10 or newer, or KurrentDB');
  return position.commit;
};

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The server's own notes: not even in a stream of ours do they count as events. */
export const isNote = (type: string): boolean => type === '$streamDeleted' || type === '$metadata';
