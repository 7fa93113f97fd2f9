import { taskIdOfStream } from '../domain/ids.ts';
import type { EventStore, RecordedEvent, SubscriptionMessage } from '../eventstore/port.ts';
import type { Board, FollowedBatch, StoredTaskEvent, UnreadableEvent } from './board.ts';

/** A stored event as audit and subscribers see it; undefined when it is not a task event that this version reads. */
type ReadEvent = (event: RecordedEvent) => StoredTaskEvent | undefined;

/** The events of one board's tasks, history then live. Passes over other boards', but tells the position reached. */
export const follow = ({ store, board, read }: { readonly store: EventStore; readonly board: string; readonly read: ReadEvent }): Board['follow'] => {
  const batchOf = (message: SubscriptionMessage): FollowedBatch => {
    if (message.kind === 'caught_up') return { events: [], unreadable: [], position: message.position, caught_up: true };
    const own = message.events.filter(({ metadata }) => metadata['board'] === board);
    const last = message.events.at(-1);
    const at = last?.position === message.position ? { event_id: last.id } : {};
    const events = own.flatMap((event) => read(event) ?? []);
    const unreadable = events.length === own.length ? [] : own.filter((event) => read(event) === undefined).map(unreadableEvent);
    return { events, unreadable, position: message.position, caught_up: false, ...at };
  };
  return async function* ({ after, signal }) {
    const from = after === 'now' ? await store.head() : after;
    for await (const message of store.subscribe({ after: from, prefixes: ['task-'], ...(signal === undefined ? {} : { signal }) })) yield batchOf(message);
  };
};

const unreadableEvent = ({ stream, revision, position, type }: RecordedEvent): UnreadableEvent => ({
  task_id: taskIdOfStream(stream),
  revision,
  position,
  type,
});
