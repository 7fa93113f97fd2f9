import type { StoredTaskEvent } from '../board/board.ts';
import { noTask } from '../domain/task/codec.ts';
import { evolve } from '../domain/task/evolve.ts';
import type { Instant } from '../domain/instant.ts';
import type { TaskState } from '../domain/task/state.ts';

/** A place in the past: everything up to and including it. */
export type Point =
  | { readonly by: 'revision'; readonly revision: bigint }
  | { readonly by: 'position'; readonly position: bigint }
  | { readonly by: 'time'; readonly at: Instant };

/** What had happened by then. */
export const upTo = (history: readonly StoredTaskEvent[], point: Point): readonly StoredTaskEvent[] => {
  switch (point.by) {
    case 'revision':
      return history.filter(({ revision }) => revision <= point.revision);
    case 'position':
      return history.filter(({ position }) => position <= point.position);
    case 'time': {
      // Clocks of two hosts differ, so instants need not rise along a stream; but nothing had happened before what precedes it.
      const later = history.findIndex(({ data }) => data.at > point.at);
      return later === -1 ? history : history.slice(0, later);
    }
  }
};

/** The task as it was then; `absent` before it was created. */
export const replay = (history: readonly StoredTaskEvent[], point: Point): TaskState => upTo(history, point).reduce<TaskState>(evolve, noTask);
