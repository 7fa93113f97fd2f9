import type { Refusal } from '../domain/task/answers.ts';
import type { RunOver } from './runOver.ts';

/** Why a claim's signal aborted: the run was revoked, reclaimed or ended elsewhere. Stop; nothing this worker says changes the task any more. */
export class StaleRun extends Error {
  override readonly name = 'StaleRun';
  readonly code = 'StaleRun';
  readonly task_id: string;
  readonly run: number;
  readonly reason: string;
  constructor(taskId: string, run: number, reason: string) {
    super(`run ${run} of ${taskId} is over (${reason}): stop`);
    this.task_id = taskId;
    this.run = run;
    this.reason = reason;
  }
}

/** Why a claim's signal aborted: a person cancelled the task. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  readonly code = 'Cancelled';
  readonly note: string | null;
  constructor(taskId: string, note: string | null) {
    super(note === null ? `${taskId} was cancelled: stop` : `${taskId} was cancelled (${note}): stop`);
    this.note = note;
  }
}

/** Why a claim's signal aborted: this worker is shutting down; the claim is given back soon. */
export class Shutdown extends Error {
  override readonly name = 'Shutdown';
  readonly code = 'Shutdown';
  constructor() {
    super('this worker is shutting down: stop');
  }
}

export type AbortReason = StaleRun | Cancelled | Shutdown;

/** The reason to abort that a refusal with StaleRun gives. */
export const fencedBy = (taskId: string, run: number, { message, ...facts }: Refusal): StaleRun | Cancelled => {
  const reason = typeof facts['reason'] === 'string' ? facts['reason'] : message;
  return reason === 'cancelled' ? new Cancelled(taskId, null) : new StaleRun(taskId, run, reason);
};

/** What a worker is told about a run that the board took from it. */
export const abortReasonOf = (taskId: string, run: number, { reason, note }: RunOver): StaleRun | Cancelled =>
  reason === 'cancelled' ? new Cancelled(taskId, note) : new StaleRun(taskId, run, reason);
