import type { StoredTaskEvent } from '../board/board.ts';
import type { DataOf } from '../domain/task/events.ts';
import { isFinished } from '../domain/task/parents.ts';
import { dayOf, timeOn } from './times.ts';

const MOST = 120;
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);
const quoted = (text: string | null | undefined): string => (text === null || text === undefined || text === '' ? '' : `"${cut(text)}"`);
const line = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

/** What one event says, in one line; `history` are the events around it, of whatever tasks. Times are on the event's own day unless they say their date. */
export const detailOf = (event: StoredTaskEvent, history: readonly StoredTaskEvent[]): string => {
  const until = (at: string): string => `→ ${timeOn(dayOf(event.data.at), at)}`;
  const wait = (not_before: string | null): string => (not_before === null ? '' : `not before ${timeOn(dayOf(event.data.at), not_before)}`);
  switch (event.type) {
    case 'TaskCreated':
      return line(quoted(event.data.title), `→ ${event.data.status}`, beginsAfter(event.data.parents, event.data.scheduled_until, until));
    case 'TaskEdited':
      return Object.keys(event.data)
        .filter((key) => key !== 'at')
        .join(', ');
    case 'TaskAssigned':
      return event.data.assignee === null ? 'to nobody' : `to ${event.data.assignee}`;
    case 'CommentAdded':
      return quoted(event.data.text);
    case 'TaskClaimed':
      return line(event.data.worker, until(event.data.claim_expires));
    case 'WorkerStarted':
      return `${event.data.host} pid ${event.data.child.pid}, supervisor ${event.data.supervisor.pid}`;
    case 'HeartbeatRecorded':
      return line(quoted(event.data.note), event.data.percent === undefined ? '' : `${event.data.percent} %`, until(event.data.claim_expires));
    case 'ClaimExtended':
      return line(event.data.why, until(event.data.claim_expires));
    case 'RunRevoked':
      return line(event.data.reason, quoted(event.data.note));
    case 'ReclaimDeferred':
      return `${event.data.survivors.length} survived the stop, again at ${timeOn(dayOf(event.data.at), event.data.retry_at)}`;
    case 'TaskReclaimed':
      return line(event.data.reason, `→ ${becomes(event, history)}`, wait(event.data.not_before), quoted(event.data.note));
    case 'ClaimReleased':
      return line(event.data.reason, '→ ready', quoted(event.data.note));
    case 'RunFailed':
      return line(event.data.outcome, `→ ${becomes(event, history)}`, wait(event.data.not_before), quoted(event.data.error));
    case 'TaskGaveUp':
      return `${event.data.failures} of ${event.data.limit} failures (limit from ${event.data.limit_source}) → blocked`;
    case 'TaskCompleted':
      return quoted(event.data.summary);
    case 'TaskBlocked':
      return line(event.data.kind, quoted(event.data.reason));
    case 'TaskEscalated':
      return line(event.data.kind, `${event.data.recurrence} times → triage`);
    case 'TaskUnblocked':
    case 'TaskReopened':
      return line(quoted(event.data.reason), '→ ready');
    case 'TaskArchived':
      return line(event.data.cancelled ? 'cancelled' : '', quoted(event.data.reason));
    case 'TaskLinked':
      return `waits for ${several(event.data.parents)}${event.data.unfinished.length === 0 ? ', finished already' : ''}`;
    case 'TaskUnlinked':
      return line(
        `from ${several(event.data.parents)}`,
        event.data.cycle === undefined ? '' : `cycle ${event.data.cycle.join(' → ')}`,
        quoted(event.data.reason),
      );
    case 'TaskPromoted':
      return line(`→ ${event.data.to}`, becauseOf(event.data.because), event.data.waived === undefined ? '' : `without ${several(event.data.waived)}`);
    case 'TaskDemoted':
      return line(`→ ${event.data.to}`, becauseOf(event.data.because));
    case 'TaskScheduled':
      return line(until(event.data.until), quoted(event.data.reason));
    case 'StaleCommandRefused':
      return `${event.data.command} of run ${event.data.run}, kept; ${event.data.current_run === null ? 'nobody holds the task' : `run ${event.data.current_run} holds it`}`;
  }
};

const several = ([first = '', ...others]: readonly string[]): string => (others.length === 0 ? first : `${first} and ${others.length} more`);

const beginsAfter = (parents: readonly string[], scheduled: string | undefined, until: (at: string) => string): string =>
  line(scheduled === undefined ? '' : until(scheduled), parents.length === 0 ? '' : `after ${several(parents)}`);

const becauseOf = (because: DataOf<'TaskPromoted'>['because']): string => {
  switch (because.by) {
    case 'parents': {
      const { task_id, status, revision } = because.parent;
      return `${task_id} ${isFinished(status) ? status : `is ${status}`} (rev ${revision}${because.parents === 1 ? '' : `, 1 of ${because.parents} parents`})`;
    }
    case 'unlinked':
      return `${because.parent} unlinked`;
    case 'schedule':
      return 'its time has come';
    case 'operator':
      return line('by hand', quoted(because.reason));
  }
};

/** What became of the task. The end of a run and what follows from it are one append, so the same command wrote both. */
const becomes = (ending: StoredTaskEvent, history: readonly StoredTaskEvent[]): string => {
  const together = history.filter(
    ({ task_id, revision, metadata }) => task_id === ending.task_id && revision > ending.revision && metadata.command_id === ending.metadata.command_id,
  );
  if (together.some(({ type }) => type === 'TaskGaveUp')) return 'blocked';
  return together.some(({ type }) => type === 'TaskArchived') ? 'archived' : 'ready';
};
