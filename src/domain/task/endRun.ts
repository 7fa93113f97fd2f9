import { backOff } from '../backoff.ts';
import type { BoardState } from '../board/board.ts';
import type { Evidence, Stop, Then } from '../evidence.ts';
import type { Instant } from '../instant.ts';
import { countsAsFailure, type FailureOutcome, type ReclaimReason } from '../outcomes.ts';
import { inForce } from '../policy.ts';
import { layersOf } from './decision.ts';
import type { DataOf, TaskEvent } from './events.ts';
import type { RunningTask } from './state.ts';

type Ended = { readonly at: Instant; readonly task: RunningTask; readonly board: BoardState; readonly ended: ReclaimReason | FailureOutcome };

/** TaskGaveUp where this end reaches the limit of failures in a row; decided with the failure, so that no path can skip it (rule 6). */
export const gaveUp = ({ at, task, board, ended }: Ended): readonly TaskEvent[] => {
  const { value: limit, source: limit_source } = inForce('failure_limit', layersOf(task, board));
  const failures = task.failures + 1;
  if (!countsAsFailure(ended) || failures < limit) return [];
  return [{ type: 'TaskGaveUp', data: { at, run: task.run.run, failures, limit, limit_source, tripped_by: ended } }];
};

/** How long the task waits after a run that failed and did not make it give up: one that gave up waits for a person. */
export const retry = ({ at, task, board, ended }: Ended): Retry => {
  if (!countsAsFailure(ended) || gaveUp({ at, task, board, ended }).length > 0) return NO_WAIT;
  const { task_id, failures, run } = task;
  return backOff({ at, task_id, run: run.run, failures: failures + 1, layers: layersOf(task, board) }) ?? NO_WAIT;
};
type Retry = Pick<DataOf<'RunFailed'>, 'not_before' | 'backoff'>;
const NO_WAIT: Retry = { not_before: null };

type TakeBack = {
  readonly at: Instant;
  readonly task: RunningTask;
  readonly board: BoardState;
  readonly reason: ReclaimReason;
  readonly rule: string;
  readonly evidence: Evidence;
  /** null: there was nothing to stop. */
  readonly stop: Stop | null;
  readonly then: Then;
  readonly note: string | null;
};

const afterwards = ({ at, task, board, reason, then }: TakeBack): readonly TaskEvent[] => {
  switch (then.to) {
    case 'ready':
      return gaveUp({ at, task, board, ended: reason });
    case 'archive':
      return [{ type: 'TaskArchived', data: { at, reason: then.reason, cancelled: reason === 'cancelled' } }];
    case 'assign':
      return [{ type: 'TaskAssigned', data: { at, assignee: then.assignee } }];
  }
};

/** The end of a run that was taken back, with what comes then, in one append (rule 5). */
export const reclaim = (taken: TakeBack): readonly TaskEvent[] => {
  const { at, task, board, reason, rule, evidence, stop, note, then } = taken;
  const wait = then.to === 'ready' ? retry({ at, task, board, ended: reason }) : NO_WAIT;
  const data = { at, run: task.run.run, reason, rule, counts_as_failure: countsAsFailure(reason), ...wait, evidence, stop, note };
  return [{ type: 'TaskReclaimed', data }, ...afterwards(taken)];
};

/** The judgement on a run whose process must be stopped first. */
export const revoke = ({ at, task, reason, rule, evidence, then, note }: Omit<TakeBack, 'board' | 'stop'>): TaskEvent => ({
  type: 'RunRevoked',
  data: { at, run: task.run.run, reason, rule, evidence, then, note },
});
