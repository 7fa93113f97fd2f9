import type { TaskEvent, TaskEventType } from '../domain/task/events.ts';
import { endTold } from '../domain/task/runEnd.ts';
import type { RunEnd, TaskState } from '../domain/task/state.ts';

/**
 * Why a run is no longer its worker's. `revoked`: judged, still open until its worker is stopped. `reclaimed`: taken away.
 * `verdict`: ended by a command that carried this run. `unknown` as the reason: the task has no such run.
 */
export type RunOver = {
  readonly how: 'revoked' | 'reclaimed' | 'verdict';
  readonly reason: RunEnd | 'unknown';
  readonly note: string | null;
};

const howBy = (ended: TaskEventType): RunOver['how'] => (ended === 'TaskReclaimed' ? 'reclaimed' : 'verdict');

/** What a task's state says of a run: undefined while it is open and not revoked. */
export const overByState = (task: TaskState, run: number): RunOver | undefined => {
  if (task.status === 'absent') return { how: 'reclaimed', reason: 'unknown', note: null };
  if (task.status === 'running' && task.run.run === run) {
    const { revoked } = task.run;
    return revoked === null ? undefined : { how: 'revoked', reason: revoked.reason, note: revoked.note };
  }
  const ended = task.runs.find((earlier) => earlier.run === run);
  if (ended === undefined) return { how: 'reclaimed', reason: 'unknown', note: null };
  return { how: howBy(ended.ended_by), reason: ended.end, note: ended.error };
};

/** What one event says of a run: undefined when it leaves the run as it was. */
export const overByEvent = (event: TaskEvent, run: number): RunOver | undefined => {
  if (!('run' in event.data) || event.data.run !== run) return undefined;
  if (event.type === 'RunRevoked') return { how: 'revoked', reason: event.data.reason, note: event.data.note };
  const told = endTold(event);
  return told && { how: howBy(event.type), reason: told.end, note: told.error };
};
