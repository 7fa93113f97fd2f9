import { BoardEvent, WatchdogEvent } from '../domain/board/board.ts';
import { TaskEvent } from '../domain/task/events.ts';
import type { TaskEventType } from '../domain/task/events.ts';
import type { RecordedEvent } from '../eventstore/port.ts';

type Plain = { readonly type: string; readonly data: unknown };
const named = (options: readonly { readonly shape: { readonly type: { readonly value: string } } }[]): ReadonlySet<string> =>
  new Set(options.map(({ shape }) => shape.type.value));
const TASK = named(TaskEvent.options);
const BOARD = named(BoardEvent.options);
const WATCHDOG = named(WatchdogEvent.options);

/** Whether this version knows the type. What is inside was parsed when it was appended; a replay trusts the checksum. */
export const isTaskEvent = (event: Plain): event is TaskEvent => TASK.has(event.type);
export const isBoardEvent = (event: Plain): event is BoardEvent => BOARD.has(event.type);
export const isWatchdogEvent = (event: Plain): event is WatchdogEvent => WATCHDOG.has(event.type);

/** The data of every task event by its type, so that a table of functions by type can be called with a union. */
export type TaskData = { readonly [Type in TaskEventType]: Extract<TaskEvent, { type: Type }>['data'] };
export type TypedEvent<Type extends TaskEventType> = { [Each in Type]: { readonly type: Each; readonly data: TaskData[Each] } }[Type];

/** The instant an event says it happened; undefined when it says none. */
export const atOf = ({ data }: RecordedEvent): string | undefined => (typeof data['at'] === 'string' ? data['at'] : undefined);
