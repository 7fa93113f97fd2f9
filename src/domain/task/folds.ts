import type { TaskEventType } from './events.ts';
import type { Fold } from './fold.ts';
import * as run from './runFolds.ts';
import { factsOf } from './state.ts';

const moved: Fold<TaskEventType> = (task, _data, place) => ({ ...task, ...place });

const edited: Fold<'TaskEdited'> = (task, { title, body, input, labels, priority, limits }, place) => ({
  ...task,
  ...place,
  title: title ?? task.title,
  body: body === undefined ? task.body : body,
  input: input === undefined ? task.input : input,
  labels: labels ?? task.labels,
  priority: priority ?? task.priority,
  limits: limits ?? task.limits,
});

// A new assignee starts with a clean record: the failures were somebody else's (facts/hermes-kanban.md §1.9).
const assigned: Fold<'TaskAssigned'> = (task, { assignee }, place) => ({ ...task, ...place, assignee, failures: 0 });

const gaveUp: Fold<'TaskGaveUp'> = (task, { at, failures, limit }, place) => ({
  status: 'blocked',
  blocked: { by: 'breaker', failures, limit, since: at },
  ...factsOf(task),
  ...place,
});

const unblocked: Fold<'TaskUnblocked'> = (task, _data, place) => ({ status: 'ready', ...factsOf(task), ...place, failures: 0, not_before: null });

const escalated: Fold<'TaskEscalated'> = (task, _data, place) => ({ status: 'triage', ...factsOf(task), ...place });

const archived: Fold<'TaskArchived'> = (task, { at, reason, cancelled }, place) => ({
  status: 'archived',
  archived: { at, reason, cancelled },
  ...factsOf(task),
  ...place,
});

const reopened: Fold<'TaskReopened'> = (task, _data, place) => ({ status: 'ready', ...factsOf(task), ...place, failures: 0, not_before: null });

const linked: Fold<'TaskLinked'> = (task, { parents }, place) => ({
  ...task,
  ...place,
  parents: [...task.parents, ...parents],
  waived: task.waived.filter((id) => !parents.includes(id)),
});

const unlinked: Fold<'TaskUnlinked'> = (task, { parents }, place) => ({
  ...task,
  ...place,
  parents: task.parents.filter((id) => !parents.includes(id)),
  waived: task.waived.filter((id) => !parents.includes(id)),
});

const promoted: Fold<'TaskPromoted'> = (task, { to, waived = [] }, place) => ({
  status: to,
  ...factsOf(task),
  ...place,
  waived: [...new Set([...task.waived, ...waived])],
});

const demoted: Fold<'TaskDemoted'> = (task, { to }, place) => ({ status: to, ...factsOf(task), ...place });

const scheduled: Fold<'TaskScheduled'> = (task, { until }, place) => ({ status: 'scheduled', scheduled_until: until, ...factsOf(task), ...place });

/** What each event does to a task that exists. */
export const FOLDS: { readonly [Type in TaskEventType]: Fold<Type> } = {
  TaskCreated: moved,
  TaskEdited: edited,
  TaskAssigned: assigned,
  CommentAdded: (task, _data, place) => ({ ...task, ...place, comments: task.comments + 1 }),
  TaskClaimed: run.claimed,
  WorkerStarted: run.started,
  HeartbeatRecorded: run.beaten,
  ClaimExtended: run.extended,
  RunRevoked: run.revoked,
  ReclaimDeferred: run.deferred,
  TaskReclaimed: run.reclaimed,
  ClaimReleased: run.released,
  RunFailed: run.failed,
  TaskGaveUp: gaveUp,
  TaskCompleted: run.completed,
  TaskBlocked: run.blocked,
  TaskEscalated: escalated,
  TaskUnblocked: unblocked,
  TaskArchived: archived,
  TaskReopened: reopened,
  TaskLinked: linked,
  TaskUnlinked: unlinked,
  TaskPromoted: promoted,
  TaskDemoted: demoted,
  TaskScheduled: scheduled,
  StaleCommandRefused: run.refused,
};
