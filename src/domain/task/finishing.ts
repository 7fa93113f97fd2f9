import { plus } from '../instant.ts';
import { countsAsFailure } from '../outcomes.ts';
import { inForce } from '../policy.ts';
import { accept, layersOf, refuse, type Decide } from './decision.ts';
import { gaveUp, retry } from './endRun.ts';
import { alreadyEndedBy, isHeldBy, notHeld } from './fence.ts';
import type { TaskEvent } from './events.ts';
import { unfinishedOf } from './parents.ts';
import type { ExistingTask } from './state.ts';

/** A command that names a run must come from its holder. One that names none is an operator's, and only for a task that nobody holds. */
const byOperator = (task: ExistingTask, run: number | null): boolean => run === null && task.status !== 'running';

export const completeTask: Decide<'CompleteTask'> = (command, task) => {
  const { at, summary, result, artifacts } = command;
  const outcome = { summary, result, artifacts };
  if (alreadyEndedBy(task, command, 'TaskCompleted')) return accept(task, [], { repeated: true });
  if (byOperator(task, command.run)) {
    const event: TaskEvent = { type: 'TaskCompleted', data: { at, run: null, worker: null, ...outcome } };
    return task.status === 'done' ? accept(task, [], { repeated: true }) : accept(task, [event], {});
  }
  if (!isHeldBy(task, command)) return notHeld(task, command, outcome);
  const { run, worker } = task.run;
  return accept(task, [{ type: 'TaskCompleted', data: { at, run, worker, ...outcome } }], {});
};

/** The failure, and TaskGaveUp where it reaches the limit, in one decision (rule 6). */
export const failRun: Decide<'FailRun'> = (command, task, board) => {
  const { at, outcome, error, exit_code, signal, last_output, retry_after_ms } = command;
  const failure = { outcome, error, exit_code, signal, last_output, ...(retry_after_ms !== undefined && { retry_after_ms }) };
  if (alreadyEndedBy(task, command, 'RunFailed')) return accept(task, [], { repeated: true, gave_up: task.status === 'blocked', not_before: task.not_before });
  if (!isHeldBy(task, command)) return notHeld(task, command, failure);
  const { run, worker } = task.run;
  const cooldown = outcome === 'rate_limited' ? (retry_after_ms ?? inForce('rate_limit_cooldown_ms', layersOf(task, board)).value) : 0;
  const wait = cooldown === 0 ? retry({ at, task, board, ended: outcome }) : { not_before: plus(at, cooldown) };
  const counts_as_failure = countsAsFailure(outcome);
  const limit = counts_as_failure ? { failure_limit: inForce('failure_limit', layersOf(task, board)) } : {};
  const failed: TaskEvent = { type: 'RunFailed', data: { at, run, worker, ...failure, counts_as_failure, ...limit, ...wait } };
  const given_up = gaveUp({ at, task, board, ended: outcome });
  return accept(task, [failed, ...given_up], { gave_up: given_up.length > 0, not_before: wait.not_before });
};

/** Whether an operator asks for the very block that the task is under; one by dependency waits in todo, a repeated one in triage. */
const blockedSo = (task: ExistingTask, kind: string, reason: string): boolean => {
  if (task.status === 'blocked') return task.blocked.by === 'block' && task.blocked.kind === kind && task.blocked.reason === reason;
  return (task.status === 'todo' || task.status === 'triage') && task.block_memory?.kind === kind;
};

/** Same kind twice in a row, whatever unblocked it between: a person must sort it out (rule 7). */
export const blockTask: Decide<'BlockTask'> = (command, task) => {
  const { at, kind, reason } = command;
  const operator = byOperator(task, command.run);
  if (alreadyEndedBy(task, command, 'TaskBlocked') || (operator && blockedSo(task, kind, reason))) return accept(task, [], { repeated: true });
  if (!operator && !isHeldBy(task, command)) return notHeld(task, command, { kind, reason });
  if (task.status === 'blocked')
    return refuse('WrongStatus', `${task.task_id} is blocked already: \`holdfast unblock ${task.task_id}\` first.`, { status: task.status });
  const recurrence = task.block_memory?.kind === kind ? task.block_memory.recurrence + 1 : 1;
  const by = operator ? { run: null, worker: null } : { run: command.run, worker: command.worker };
  const blocked: TaskEvent = { type: 'TaskBlocked', data: { at, ...by, kind, reason, recurrence } };
  const escalated: TaskEvent = { type: 'TaskEscalated', data: { at, kind, recurrence, reason: `blocked ${recurrence} times in a row: ${kind}` } };
  // Waiting for one parent after the other is no loop: it cannot come back before the parent is finished.
  const waits = kind === 'dependency' && unfinishedOf(task, command.parents_seen).length > 0;
  return accept(task, recurrence >= 2 && !waits ? [blocked, escalated] : [blocked], {});
};

/** Given back, shutting down, or over a cap: no failure is counted. */
export const releaseClaim: Decide<'ReleaseClaim'> = (command, task) => {
  if (alreadyEndedBy(task, command, 'ClaimReleased')) return accept(task, [], { repeated: true });
  if (!isHeldBy(task, command)) return notHeld(task, command);
  const { at, reason, note, over_cap } = command;
  const { run, worker } = task.run;
  return accept(task, [{ type: 'ClaimReleased', data: { at, run, worker, reason, note, ...(over_cap && { over_cap }) } }], {});
};
