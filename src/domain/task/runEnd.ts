import type { TaskEvent } from './events.ts';
import { endsRun } from './reach.ts';
import type { RunEnd } from './state.ts';

export type End = { readonly end: RunEnd; readonly error: string | null; readonly counts_as_failure: boolean };

/** How a run ended, by the event that ended it, and what was said to that; undefined: it ended none. */
export const endTold = (event: TaskEvent): End | undefined => {
  if (!endsRun(event)) return undefined;
  switch (event.type) {
    case 'TaskReclaimed':
      return { end: event.data.reason, error: event.data.note, counts_as_failure: event.data.counts_as_failure };
    case 'ClaimReleased':
      return { end: event.data.reason, error: event.data.note, counts_as_failure: false };
    case 'RunFailed':
      return { end: event.data.outcome, error: event.data.error, counts_as_failure: event.data.counts_as_failure };
    case 'TaskCompleted':
      return { end: 'completed', error: null, counts_as_failure: false };
    case 'TaskBlocked':
      return { end: 'blocked', error: event.data.reason, counts_as_failure: false };
    case 'TaskArchived':
      return undefined;
  }
};
