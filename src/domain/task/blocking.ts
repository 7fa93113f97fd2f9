import { accept, refuse, type Decide, type Refused } from './decision.ts';
import type { ExistingTask } from './state.ts';

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

/** Back to ready with a clean failure count. */
export const unblockTask: Decide<'UnblockTask'> = ({ at, reason, by_human }, task) => {
  if (task.status === 'ready') return accept(task, [], { repeated: true });
  const waiting_for = waitsForPerson(task);
  if (waiting_for === null || by_human) return accept(task, [{ type: 'TaskUnblocked', data: { at, reason } }], {});
  return humanRequired(task, waiting_for);
};

export const reopenTask: Decide<'ReopenTask'> = ({ at, reason }, task) =>
  task.status === 'ready' ? accept(task, [], { repeated: true }) : accept(task, [{ type: 'TaskReopened', data: { at, reason } }], {});
