import { taskIdOfStream } from '../domain/ids.ts';
import type { EventStore, RecordedEvent, SubscriptionMessage } from '../eventstore/port.ts';
import type { Board, FollowedBatch, UnreadableEvent } from './board.ts';
import { readTaskEvent } from './readTaskEvent.ts';

/** The events of one board's tasks, history then live. Passes over other boards', but tells the position reached. */
export const follow = ({ store, board }: { readonly store: EventStore; readonly board: string }): Board['follow'] => {
  const batchOf = (message: SubscriptionMessage): FollowedBatch => {
    if (message.kind === 'caught_up') return { events: [], unreadable: [], position: message.position, caught_up: true };
    const own = message.events.filter(({ metadata }) => metadata['board'] === board);
    const last = message.events.at(-1);
    const at = last?.position === message.position ? { event_id: last.id } : {};
    const events = own.flatMap((event) => readTaskEvent(event) ?? []);
    const unreadable = events.length === own.length ? [] : own.filter((event) => readTaskEvent(event) === undefined).map(unreadableEvent);
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
