import { taskIdOfStream } from '../domain/ids.ts';
import { toMs } from '../domain/instant.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { DataOf, TaskEvent } from '../domain/task/events.ts';
import { endsRun } from '../domain/task/reach.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Claim, ClaimChange, ClaimMove } from './changes.ts';
import { taskOf } from './lists.ts';
import type { TaskRow } from './taskRow.ts';
import type { Rows } from './views.ts';

/** The claim a row tells of; undefined when no run is open or the task cannot be judged. */
export const claimOf = (row: TaskRow): Claim | undefined => {
  const { task_id, status, run, worker, claimed_at, lease_ms, claim_expires, last_heartbeat_at, open_run, limits } = row;
  if (status !== 'running' || run === null || worker === null || claimed_at === null || lease_ms === null || claim_expires === null || open_run === null)
    return undefined;
  const { process, started, revoked } = open_run;
  return {
    task_id,
    run,
    worker,
    claimed_at: toMs(claimed_at),
    lease_ms,
    claim_expires: toMs(claim_expires),
    last_heartbeat_at: last_heartbeat_at === null ? null : toMs(last_heartbeat_at),
    process,
    started,
    limits,
    revoked: revoked && { at: toMs(revoked.at), then: revoked.then },
    retry_at: revoked === null || revoked.retry_at === null ? null : toMs(revoked.retry_at),
  };
};

/** One page of the open claims of a board, by task id; `after`: the last task id of the page before, '' for the first. */
export const openClaims = (rows: Rows, { board, after, limit }: { readonly board: string; readonly after: string; readonly limit: number }): readonly Claim[] =>
  rows
    .all("SELECT doc FROM tasks WHERE board = ? AND status = 'running' AND key > ? ORDER BY key LIMIT ?", board, after, limit)
    .flatMap((row) => claimOf(taskOf(row)) ?? []);

const opened = (task_id: string, data: DataOf<'TaskClaimed'>): ClaimChange => ({
  kind: 'opened',
  task_id,
  claim: {
    task_id,
    run: data.run,
    worker: data.worker,
    claimed_at: toMs(data.at),
    lease_ms: data.lease_ms,
    claim_expires: toMs(data.claim_expires),
    last_heartbeat_at: null,
    process: data.process,
    started: null,
    limits: {},
    revoked: null,
    retry_at: null,
  },
});

const moved = (task_id: string, known: ClaimChange | undefined, run: number | null, move: ClaimMove): ClaimChange => {
  if (known === undefined) return { kind: 'moved', task_id, run, move };
  switch (known.kind) {
    case 'opened':
      return { ...known, claim: { ...known.claim, ...move } };
    case 'moved':
      return { ...known, run: run ?? known.run, move: { ...known.move, ...move } };
    case 'closed':
      return known;
  }
};

/** What one event says of the claim on its task, after what the events before it in the batch said. */
const changed = (known: ClaimChange | undefined, task_id: string, event: TaskEvent): ClaimChange | undefined => {
  if (endsRun(event)) return { kind: 'closed', task_id };
  switch (event.type) {
    case 'TaskClaimed':
      return opened(task_id, event.data);
    case 'HeartbeatRecorded': {
      const { at, run, claim_expires, lease_ms } = event.data;
      const beat = { last_heartbeat_at: toMs(at), claim_expires: toMs(claim_expires) };
      return moved(task_id, known, run, lease_ms === undefined ? beat : { ...beat, lease_ms });
    }
    case 'ClaimExtended':
      return moved(task_id, known, event.data.run, { claim_expires: toMs(event.data.claim_expires) });
    case 'WorkerStarted': {
      const { run, host, boot_id, pid_namespace, supervisor, child } = event.data;
      return moved(task_id, known, run, { started: { host, boot_id, pid_namespace, supervisor, child } });
    }
    case 'RunRevoked':
      return moved(task_id, known, event.data.run, { revoked: { at: toMs(event.data.at), then: event.data.then } });
    case 'ReclaimDeferred':
      return moved(task_id, known, event.data.run, { retry_at: toMs(event.data.retry_at) });
    case 'TaskEdited':
      return event.data.limits === undefined ? known : moved(task_id, known, null, { limits: event.data.limits });
    case 'TaskCreated':
    case 'TaskAssigned':
    case 'CommentAdded':
    case 'TaskGaveUp':
    case 'TaskEscalated':
    case 'TaskUnblocked':
    case 'TaskReopened':
    case 'TaskLinked':
    case 'TaskUnlinked':
    case 'TaskPromoted':
    case 'TaskDemoted':
    case 'TaskScheduled':
    case 'StaleCommandRefused':
      return known;
  }
};

/**
 * What a batch of the log changed, at most one change per task, in the order in which the tasks were first touched. The limits of an
 * `opened` claim are those set in this batch only; a task with an event of a later version is `closed`: this version must not judge it.
 */
export const foldChanges = (events: readonly RecordedEvent[]): readonly ClaimChange[] => {
  const changes = new Map<string, ClaimChange>();
  for (const event of events) {
    if (!event.stream.startsWith('task-')) continue;
    const task_id = taskIdOfStream(event.stream);
    const told = decodeTaskEvent(event);
    const change = 'unreadable' in told ? ({ kind: 'closed', task_id } as const) : changed(changes.get(task_id), task_id, told);
    if (change !== undefined) changes.set(task_id, change);
  }
  return [...changes.values()];
};
