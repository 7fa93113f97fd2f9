import type { TaskEvent } from '../domain/task/events.ts';
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

const verdict = (reason: RunEnd, note: string | null = null): RunOver => ({ how: 'verdict', reason, note });

/** What a task's state says of a run: undefined while it is open and not revoked. */
export const overByState = (task: TaskState, run: number): RunOver | undefined => {
  if (task.status === 'absent') return { how: 'reclaimed', reason: 'unknown', note: null };
  if (task.status === 'running' && task.run.run === run) {
    const { revoked } = task.run;
    return revoked === null ? undefined : { how: 'revoked', reason: revoked.reason, note: revoked.note };
  }
  const ended = task.runs.find((earlier) => earlier.run === run);
  if (ended === undefined) return { how: 'reclaimed', reason: 'unknown', note: null };
  return { how: ended.ended_by === 'TaskReclaimed' ? 'reclaimed' : 'verdict', reason: ended.end, note: ended.error };
};

/** What one event says of a run: undefined when it leaves the run as it was. */
export const overByEvent = (event: TaskEvent, run: number): RunOver | undefined => {
  if (!('run' in event.data) || event.data.run !== run) return undefined;
  switch (event.type) {
    case 'RunRevoked':
      return { how: 'revoked', reason: event.data.reason, note: event.data.note };
    case 'TaskReclaimed':
      return { how: 'reclaimed', reason: event.data.reason, note: event.data.note };
    case 'TaskCompleted':
      return verdict('completed');
    case 'TaskBlocked':
      return verdict('blocked', event.data.reason);
    case 'RunFailed':
      return verdict(event.data.outcome, event.data.error);
    case 'ClaimReleased':
      return verdict(event.data.reason, event.data.note);
    case 'TaskCreated':
    case 'TaskEdited':
    case 'TaskAssigned':
    case 'CommentAdded':
    case 'TaskClaimed':
    case 'WorkerStarted':
    case 'HeartbeatRecorded':
    case 'ClaimExtended':
    case 'ReclaimDeferred':
    case 'TaskGaveUp':
    case 'TaskEscalated':
    case 'TaskUnblocked':
    case 'TaskArchived':
    case 'TaskReopened':
    case 'TaskLinked':
    case 'TaskUnlinked':
    case 'TaskPromoted':
    case 'TaskDemoted':
    case 'TaskScheduled':
    case 'StaleCommandRefused':
      return undefined;
  }
};
