import type { Instant } from '../domain/instant.ts';
import type { DataOf, TaskEventType } from '../domain/task/events.ts';
import type { RunEnd } from '../domain/task/state.ts';
import { beaten } from './beats.ts';
import type { OpenRunRow, TaskRow } from './taskRow.ts';

export type Patch = Partial<TaskRow>;
type Fold<Type extends TaskEventType> = (data: DataOf<Type>, row: TaskRow) => Patch;

export const NO_RUN = { run: null, worker: null, claimed_at: null, lease_ms: null, claim_expires: null, last_heartbeat_at: null, open_run: null } as const;
export const NOTHING: Patch = {};

/** A worker's or a person's last word on a run; without a run nothing ended. */
const ended = (run: number | null, end: RunEnd, at: Instant): Patch => (run === null ? NO_RUN : { ...NO_RUN, last_end: { run, end, at } });
const inRun = (row: TaskRow, moved: Partial<OpenRunRow>): Patch => (row.open_run === null ? NOTHING : { open_run: { ...row.open_run, ...moved } });
const counted = (row: TaskRow, counts: boolean): number => row.failures + (counts ? 1 : 0);

// A newer wish about a revoked run changes what comes then, not since when it is revoked.
const revoked: Fold<'RunRevoked'> = ({ at, reason, then }, row) => {
  const before = row.open_run?.revoked;
  return inRun(row, { revoked: { at: before?.at ?? at, reason, then, retry_at: before?.retry_at ?? null } });
};

const FOLDS: { readonly [Type in TaskEventType]: Fold<Type> } = {
  TaskCreated: () => NOTHING,
  TaskEdited: ({ title, labels, priority, limits }, row) => ({
    title: title ?? row.title,
    labels: labels ?? row.labels,
    priority: priority ?? row.priority,
    limits: limits ?? row.limits,
  }),
  TaskAssigned: ({ assignee }) => ({ assignee, failures: 0 }),
  CommentAdded: () => NOTHING,
  TaskClaimed: ({ run, worker, at, lease_ms, claim_expires, process }) => ({
    status: 'running',
    run,
    worker,
    claimed_at: at,
    lease_ms,
    claim_expires,
    last_heartbeat_at: null,
    not_before: null,
    blocked: null,
    open_run: { process, started: null, note: null, percent: null, progress_at: null, checkpoint_digest: null, revoked: null },
  }),
  WorkerStarted: ({ host, boot_id, pid_namespace, supervisor, child }, row) => inRun(row, { started: { host, boot_id, pid_namespace, supervisor, child } }),
  HeartbeatRecorded: beaten,
  ClaimExtended: ({ claim_expires }, row) => (row.open_run === null ? NOTHING : { claim_expires }),
  RunRevoked: revoked,
  ReclaimDeferred: ({ retry_at }, row) => (row.open_run?.revoked ? inRun(row, { revoked: { ...row.open_run.revoked, retry_at } }) : NOTHING),
  TaskReclaimed: ({ at, run, reason, counts_as_failure, not_before }, row) => ({
    ...ended(run, reason, at),
    status: 'ready',
    not_before,
    failures: reason === 'operator' ? 0 : counted(row, counts_as_failure),
  }),
  ClaimReleased: ({ at, run, reason }) => ({ ...ended(run, reason, at), status: 'ready' }),
  RunFailed: ({ at, run, outcome, counts_as_failure, not_before }, row) => ({
    ...ended(run, outcome, at),
    status: 'ready',
    not_before,
    failures: counted(row, counts_as_failure),
  }),
  TaskGaveUp: ({ tripped_by }) => ({ status: 'blocked', blocked: { by: 'breaker', kind: null, reason: tripped_by } }),
  TaskCompleted: ({ at, run }) => ({ ...ended(run, 'completed', at), status: 'done', failures: 0, blocked: null }),
  TaskBlocked: ({ at, run, kind, reason }) => ({
    ...ended(run, 'blocked', at),
    status: kind === 'dependency' ? 'todo' : 'blocked',
    blocked: kind === 'dependency' ? null : { by: 'block', kind, reason },
  }),
  TaskEscalated: () => ({ ...NO_RUN, status: 'triage', blocked: null }),
  TaskUnblocked: () => ({ ...NO_RUN, status: 'ready', blocked: null, failures: 0, not_before: null }),
  TaskArchived: () => ({ ...NO_RUN, status: 'archived', blocked: null }),
  TaskReopened: () => ({ ...NO_RUN, status: 'ready', blocked: null, failures: 0, not_before: null }),
  TaskLinked: ({ parents }, row) => ({ parents: row.parents + parents.length }),
  TaskUnlinked: ({ parents }, row) => ({ parents: row.parents - parents.length }),
  TaskPromoted: ({ to }) => ({ ...NO_RUN, status: to }),
  TaskDemoted: ({ to }) => ({ ...NO_RUN, status: to }),
  TaskScheduled: ({ until }) => ({ ...NO_RUN, status: 'scheduled', scheduled_until: until }),
  StaleCommandRefused: () => NOTHING,
};

/** What an event changes of the row of a task that was there before it. */
export const patchOf = <Type extends TaskEventType>({ type, data }: { readonly type: Type; readonly data: DataOf<Type> }, row: TaskRow): Patch =>
  FOLDS[type](data, row);
