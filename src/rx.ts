import { Observable } from 'rxjs';
import type { TaskEventType } from './domain/task/events.ts';
import type { EventBatch, EventsOptions, LibraryBoard } from './interfaces/library/libraryBoard.ts';

/**
 * The board's events as an Observable of batches: history, then live; the same subscription as `board.events`. Cold: each subscriber has its
 * own, ended by unsubscribing. Work per batch: an async operator per event is quadratic in what rxjs buffers.
 */
export const events$ = <Type extends TaskEventType = TaskEventType>(
  board: Pick<LibraryBoard, 'events'>,
  options: EventsOptions<Type> = {},
): Observable<EventBatch<Type>> =>
  new Observable((subscriber) => {
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    const pump = async (): Promise<void> => {
      for await (const batch of board.events({ ...options, signal })) subscriber.next(batch);
    };
    pump().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => stop.abort();
  });
