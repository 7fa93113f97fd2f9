import type { Observable } from 'rxjs';
import type { TaskEventType } from './domain/task/events.ts';
import type { DiagnosticsOptions, EventBatch, EventsOptions, LibraryBoard } from './interfaces/library/libraryBoard.ts';
import { observed } from './platform/observed.ts';
import type { DiagnosticBatch } from './projections/diagnostics/diagnosticChanges.ts';

/**
 * The board's events as an Observable of batches: history, then live; the same subscription as `board.events`. Work per batch: an async
 * operator per event is quadratic in what rxjs buffers.
 */
export const events$ = <Type extends TaskEventType = TaskEventType>(
  board: Pick<LibraryBoard, 'events'>,
  options: EventsOptions<Type> = {},
): Observable<EventBatch<Type>> => observed((signal) => board.events({ ...options, signal }), options.signal);

/** What a person should look at, as it is raised, changed and cleared; the same subscription as `board.diagnosticChanges`. */
export const diagnostics$ = (
  board: Pick<LibraryBoard, 'diagnosticChanges'>,
  options: DiagnosticsOptions & { readonly signal?: AbortSignal } = {},
): Observable<DiagnosticBatch> => observed((signal) => board.diagnosticChanges({ ...options, signal }), options.signal);
