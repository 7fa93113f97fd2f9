import type { StoredTaskEvent } from '../../../board/board.ts';
import type { TaskEventType } from '../../../domain/task/events.ts';

export type StoredOf<Type extends TaskEventType> = Extract<StoredTaskEvent, { readonly type: Type }>;

export const isA =
  <Type extends TaskEventType>(type: Type) =>
  (event: StoredTaskEvent): event is StoredOf<Type> =>
    event.type === type;

/** The events of one type, oldest first. */
export const eventsOf = <Type extends TaskEventType>(type: Type, events: readonly StoredTaskEvent[]): readonly StoredOf<Type>[] => events.filter(isA(type));
