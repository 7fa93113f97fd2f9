import { accept, refuse, type Decide, type Refused } from './decision.ts';
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

export const reopenTask: Decide<'ReopenTask'> = ({ at, reason, parents_seen }, task) =>
  task.status === 'ready'
    ? accept(task, [], { repeated: true })
    : accept(task, gated(task, at, [{ type: 'TaskReopened', data: { at, reason } }], parents_seen), {});
