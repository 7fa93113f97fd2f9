import type { StoredTaskEvent } from '../board/board.ts';
import type { ExistingTask } from '../domain/task/state.ts';

/** How the task stands, in words. */
export const standingOf = (task: ExistingTask, history: readonly StoredTaskEvent[]): string => {
  switch (task.status) {
    case 'done':
      return task.completed.run === null ? `done by ${actorOf(history, 'TaskCompleted')}` : `done by run ${task.completed.run}`;
    case 'running':
      return `running, run ${task.run.run} by ${task.run.worker}`;
    case 'blocked':
      return blockedText(task.blocked);
    case 'archived':
      return task.archived.cancelled ? 'cancelled' : 'archived';
    case 'triage':
    case 'todo':
    case 'scheduled':
    case 'ready':
      return task.status;
  }
};

const blockedText = (blocked: Extract<ExistingTask, { status: 'blocked' }>['blocked']): string => {
  switch (blocked.by) {
    case 'creation':
      return 'blocked since it was created';
    case 'block':
      return `blocked, ${blocked.kind}`;
    case 'breaker':
      return `gave up after ${blocked.failures} of ${blocked.limit} failures`;
  }
};

const actorOf = (history: readonly StoredTaskEvent[], type: StoredTaskEvent['type']): string => {
  const actor = history.findLast((event) => event.type === type)?.metadata.actor;
  return actor === undefined ? 'nobody known' : `${actor.kind}:${actor.id}`;
};
