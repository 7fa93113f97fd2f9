import type { DataOf, TaskEventType } from './events.ts';
import type { ExistingTask, Place } from './state.ts';

/** What an event of one type does to a task that exists. */
export type Fold<Type extends TaskEventType> = (task: ExistingTask, data: DataOf<Type>, place: Place) => ExistingTask;
