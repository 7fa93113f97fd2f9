import { ofType, type Stored } from '../../../audit/runEvents.ts';
import type { StoredTaskEvent } from '../../../board/board.ts';
import type { TaskEventType } from '../../../domain/task/events.ts';

/** The events of one type, oldest first. */
export const eventsOf = <Type extends TaskEventType>(type: Type, events: readonly StoredTaskEvent[]): readonly Stored<Type>[] => events.filter(ofType(type));
