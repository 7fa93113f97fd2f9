import type { BoardState } from '../board/board.ts';
import { inForce } from '../policy.ts';
import { accept, layersOf, refuse, type Decide, type Refused } from './decision.ts';
import { gated, waitsForParents } from './dependencies.ts';
import { unfinishedOf } from './parents.ts';
import type { ExistingTask } from './state.ts';
import { isWaiting } from './waiting.ts';

/** What only a person lifts: needs_input, the breaker, a triage (rules 6 and 7). null: anybody may. */
const waitsForPerson = (task: ExistingTask): string | null => {
  if (task.status === 'triage') return 'triage';
  if (task.status !== 'blocked') return null;
  if (task.blocked.by === 'breaker') return 'breaker';
  return task.blocked.by === 'block' && task.blocked.kind === 'needs_input' ? 'needs_input' : null;
};

export const humanRequired = ({ task_id }: ExistingTask, waiting_for: string): Refused => {
  const next = `ask one to run \`holdfast unblock ${task_id} --as human:NAME\``;
  return refuse('HumanRequired', `${task_id} waits for a person (${waiting_for}): ${next}.`, { waiting_for });
};

/** Back to ready with a clean failure count, to waiting where parents are not finished; of a task that backs off or cools down, a person ends the wait. */
export const unblockTask: Decide<'UnblockTask'> = ({ at, reason, by_human, parents_seen }, task) => {
  if (task.status === 'ready' && !(by_human && isWaiting(task, at))) return accept(task, [], { repeated: true });
  const open = unfinishedOf(task, parents_seen);
  if (task.status === 'todo' && open.length > 0) return { events: [], answer: waitsForParents(task, open) };
  const waiting_for = waitsForPerson(task);
  if (waiting_for === null || by_human) return accept(task, gated(task, at, [{ type: 'TaskUnblocked', data: { at, reason } }], parents_seen), {});
  return humanRequired(task, waiting_for);
};

/** An archive is no way round the breaker: what had failed too often when it was archived is for a person to reopen. */
const gaveUpBefore = (task: ExistingTask, board: BoardState): boolean =>
  task.status === 'archived' && task.failures >= inForce('failure_limit', layersOf(task, board)).value;

export const reopenTask: Decide<'ReopenTask'> = ({ at, reason, by_human, parents_seen }, task, board) => {
  if (task.status === 'ready') return accept(task, [], { repeated: true });
  if (gaveUpBefore(task, board) && !by_human) {
    const next = `ask one to run \`holdfast reopen ${task.task_id} --as human:NAME\``;
    return refuse('HumanRequired', `${task.task_id} gave up before it was archived and waits for a person (breaker): ${next}.`, { waiting_for: 'breaker' });
  }
  return accept(task, gated(task, at, [{ type: 'TaskReopened', data: { at, reason } }], parents_seen), {});
};
