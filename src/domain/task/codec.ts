import { codecOf, type Unreadable, type Wire } from '../codec.ts';
import { TaskEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { NoTask, TaskState } from './state.ts';
import { TASK_UPCASTERS } from './upcasters.ts';

const codec = codecOf({ events: TaskEvent.options, schema: TaskEvent, upcasters: TASK_UPCASTERS });

/** An event of a task's stream, upcast; its content is trusted (the store keeps checksums). */
export const decodeTaskEvent = codec.decode;
/** As decodeTaskEvent, with the content checked against its schema: for `verify`. */
export const parseTaskEvent = codec.parse;
/** An event as it is appended. Throws a ZodError when it breaks its schema. */
export const encodeTaskEvent = codec.encode;

/** A task with an event that this version cannot read: listed as such, its commands refused, everything else goes on. */
type UnreadableTask = { readonly status: 'unreadable'; readonly revision: string; readonly type: string; readonly why: string };
export type FoldedTask = TaskState | UnreadableTask;

export const noTask: NoTask = { status: 'absent', revision: -1 };

const unreadable = (state: TaskState, { type, why }: Unreadable): UnreadableTask => ({
  status: 'unreadable',
  revision: String(state.revision + 1),
  type,
  why,
});

/** The state after one more event of the stream; the first one that cannot be read ends the fold. */
export const foldEvent = (state: FoldedTask, wire: Wire): FoldedTask => {
  if (state.status === 'unreadable') return state;
  const event = decodeTaskEvent(wire);
  if ('unreadable' in event) return unreadable(state, event);
  if (state.status === 'absent' && event.type !== 'TaskCreated')
    return unreadable(state, { unreadable: true, type: wire.type, why: 'a task begins with TaskCreated' });
  return evolve(state, event);
};

/** The state that a stream's events lead to. */
export const foldTask = (events: readonly Wire[]): FoldedTask => events.reduce<FoldedTask>(foldEvent, noTask);
