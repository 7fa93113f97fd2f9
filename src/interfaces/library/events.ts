import type { Board, StoredTaskEvent } from '../../board/board.ts';
import { cursors } from '../../board/cursor.ts';
import type { TaskEventType } from '../../domain/task/events.ts';
import type { EventStore } from '../../eventstore/port.ts';
import { onlyAllowed } from '../../worker/allowed.ts';
import { EVENTS } from './allowedOptions.ts';
import type { EventBatch, EventsOptions, LibraryBoard } from './libraryBoard.ts';

type Given = { readonly board: Board; readonly store: EventStore; readonly over: AbortSignal };

/** The board's events for integrations: opaque cursors, types narrowed. `over`: the board closes. */
export const libraryEvents = ({ board, store, over }: Given): LibraryBoard['events'] => {
  const cursor = cursors({ store });
  return async function* <Type extends TaskEventType>(options: EventsOptions<Type> = {}): AsyncGenerator<EventBatch<Type>, void, void> {
    onlyAllowed('events', EVENTS, options);
    const { after = 'start', types, signal } = options;
    const position = await cursor.after(after);
    const ends = signal === undefined ? over : AbortSignal.any([over, signal]);
    const wanted = (event: StoredTaskEvent): event is Extract<StoredTaskEvent, { type: Type }> =>
      types === undefined || types.some((type) => type === event.type);
    for await (const { events, unreadable, position: reached, caught_up, event_id } of board.follow({ after: position, signal: ends })) {
      yield {
        events: events.filter(wanted),
        unreadable,
        cursor: await (event_id === undefined ? cursor.at(reached) : cursor.of(reached, event_id)),
        caught_up,
      };
    }
  };
};
