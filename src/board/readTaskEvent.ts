import { taskIdOfStream } from '../domain/ids.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import { StoreUnreadable } from '../eventstore/errors.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Metadata, StoredTaskEvent } from './board.ts';

const NOBODY: Metadata = { board: '', command_id: '', actor: { kind: 'system', id: 'unknown', surface: 'unknown' } };

/** Whoever wrote the event wrote metadata as the board does, or none that we can use. */
const isMetadata = (value: object): value is Metadata => 'command_id' in value && 'actor' in value && typeof value.actor === 'object' && value.actor !== null;

/** A stored event as audit and subscribers see it; undefined when this version cannot read it. */
export const readTaskEvent = ({ type, data, id, stream, revision, position, metadata }: RecordedEvent): StoredTaskEvent | undefined => {
  const event = decodeTaskEvent({ type, data });
  if ('unreadable' in event) return undefined;
  return { ...event, id, task_id: taskIdOfStream(stream), revision, position, metadata: isMetadata(metadata) ? metadata : NOBODY };
};

/** As readTaskEvent. @throws StoreUnreadable */
export const readableTaskEvent = (event: RecordedEvent): StoredTaskEvent => {
  const read = readTaskEvent(event);
  if (read !== undefined) return read;
  throw unreadableTask(taskIdOfStream(event.stream), String(event.revision), event.type);
};

export const unreadableTask = (taskId: string, revision: string, type: string): StoreUnreadable =>
  new StoreUnreadable(`${taskId} has an event that this version cannot read: revision ${revision}, ${type}`, 'upgrade holdfast');
