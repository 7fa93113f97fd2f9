import { accept, refuse, type Decide } from './decision.ts';

/** Back to ready with a clean failure count. Only a person lifts needs_input, the breaker, and a triage (rules 6 and 7). */
export const unblockTask: Decide<'UnblockTask'> = ({ at, reason, by_human }, task) => {
  if (task.status === 'ready') return accept(task, [], { repeated: true });
  const human =
    task.status === 'triage' ||
    (task.status === 'blocked' && (task.blocked.by === 'breaker' || (task.blocked.by === 'block' && task.blocked.kind === 'needs_input')));
  if (human && !by_human) {
    const why = task.status === 'blocked' ? (task.blocked.by === 'block' ? task.blocked.kind : task.blocked.by) : task.status;
    return refuse('HumanRequired', `${task.task_id} waits for a person (${why}): ask one to run \`holdfast unblock ${task.task_id} --as human:NAME\`.`, {
      waiting_for: why,
    });
  }
  return accept(task, [{ type: 'TaskUnblocked', data: { at, reason } }], {});
};

export const reopenTask: Decide<'ReopenTask'> = ({ at, reason }, task) =>
  task.status === 'ready' ? accept(task, [], { repeated: true }) : accept(task, [{ type: 'TaskReopened', data: { at, reason } }], {});
