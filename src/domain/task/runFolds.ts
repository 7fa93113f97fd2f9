import { latest } from '../instant.ts';
import { sameJson } from '../json.ts';
import type { Started } from '../process.ts';
import type { DataOf } from './events.ts';
import type { Fold } from './fold.ts';
import type { EndingEvent } from './reach.ts';
import { running } from './running.ts';
import { factsOf, type EndedRun, type ExistingTask, type Kept, type OpenRun, type Place, type RunEnd, type TaskFacts } from './state.ts';

const withRun = (task: ExistingTask, place: Place, change: (run: OpenRun) => OpenRun): ExistingTask =>
  task.status === 'running' ? running(task, change(task.run), place) : { ...task, ...place };

type Ending = { readonly end: RunEnd; readonly ended_by: EndingEvent; readonly error: string | null; readonly child: Started | null };

/** The facts once the open run, if there is one, has ended so. */
const ended = (task: ExistingTask, place: Place, { child, ...ending }: Ending): TaskFacts => {
  const facts = factsOf(task);
  if (task.status !== 'running') return { ...facts, ...place };
  const { run, worker, claimed_at, beats, progress, kept } = task.run;
  const over: EndedRun = {
    run,
    worker,
    claimed_at,
    ended_at: place.updated_at,
    ended_revision: String(place.revision),
    ...ending,
    beats,
    progress,
    child,
    kept,
  };
  return { ...facts, ...place, runs: [...facts.runs, over] };
};

const childOf = (task: ExistingTask): Started | null => (task.status === 'running' ? task.run.started : null);

export const claimed: Fold<'TaskClaimed'> = (task, { at, run, worker, lease_ms, lease_source, claim_expires, process }, place) => {
  const open: OpenRun = {
    run,
    worker,
    claimed_at: at,
    lease_ms,
    lease_source,
    claim_expires,
    process,
    started: null,
    last_beat: null,
    beats: 0,
    progress: { note: null, percent: null, checkpoint: null },
    progress_since: null,
    revoked: null,
    kept: [],
  };
  return running(task, open, place, null);
};

export const started: Fold<'WorkerStarted'> = (task, { host, boot_id, pid_namespace, supervisor, child }, place) =>
  withRun(task, place, (run) => ({ ...run, started: { host, boot_id, pid_namespace, supervisor, child } }));

export const beaten: Fold<'HeartbeatRecorded'> = (task, data, place) =>
  withRun(task, place, (open) => ({
    run: open.run,
    worker: open.worker,
    claimed_at: open.claimed_at,
    lease_ms: data.lease_ms ?? open.lease_ms,
    lease_source: data.lease_ms === undefined ? open.lease_source : 'call',
    claim_expires: data.claim_expires,
    process: open.process,
    started: open.started,
    // Beats stamped by two hosts may arrive out of order; the newest instant is what counts.
    last_beat: { at: open.last_beat === null ? data.at : latest(open.last_beat.at, data.at), revision: place.revision, source: data.source },
    beats: open.beats + 1,
    progress: {
      note: data.note ?? open.progress.note,
      percent: data.percent ?? open.progress.percent,
      checkpoint: data.checkpoint === undefined ? open.progress.checkpoint : data.checkpoint,
    },
    progress_since: open.progress_since === null || progressed(open, data) ? { at: data.at, revision: place.revision } : open.progress_since,
    revoked: open.revoked,
    kept: open.kept,
  }));

/** A beat that repeats percent and checkpoint, or carries only a note, is no progress. */
const progressed = ({ progress }: OpenRun, { percent, checkpoint }: DataOf<'HeartbeatRecorded'>): boolean =>
  (percent !== undefined && percent !== progress.percent) || (checkpoint !== undefined && !sameJson(checkpoint, progress.checkpoint));

export const extended: Fold<'ClaimExtended'> = (task, { claim_expires }, place) => withRun(task, place, (run) => ({ ...run, claim_expires }));

export const revoked: Fold<'RunRevoked'> = (task, { at, reason, rule, then, note, evidence }, place) =>
  withRun(task, place, (run) => ({
    ...run,
    // A newer wish about a revoked run changes what comes then, not since when it is revoked.
    revoked: {
      at: run.revoked?.at ?? at,
      revision: run.revoked?.revision ?? place.revision,
      reason,
      rule,
      then,
      note,
      evidence,
      deferred: run.revoked?.deferred ?? null,
    },
  }));

export const deferred: Fold<'ReclaimDeferred'> = (task, { times, retry_at }, place) =>
  withRun(task, place, (run) => (run.revoked === null ? run : { ...run, revoked: { ...run.revoked, deferred: { times, retry_at } } }));

const failures = (task: ExistingTask, data: DataOf<'TaskReclaimed'>): number => {
  if (data.reason === 'operator') return 0;
  return data.counts_as_failure ? task.failures + 1 : task.failures;
};

export const reclaimed: Fold<'TaskReclaimed'> = (task, data, place) => {
  const { probe } = data.evidence;
  const gone = data.stop === null ? probe.process === 'dead' || probe.other_boot : data.stop.confirmed;
  return {
    status: 'ready',
    ...ended(task, place, { end: data.reason, ended_by: 'TaskReclaimed', error: data.rule, child: gone ? null : childOf(task) }),
    failures: failures(task, data),
    last_error: data.counts_as_failure ? data.rule : task.last_error,
    not_before: data.not_before,
  };
};

export const released: Fold<'ClaimReleased'> = (task, { reason, note }, place) => ({
  status: 'ready',
  ...ended(task, place, { end: reason, ended_by: 'ClaimReleased', error: note, child: childOf(task) }),
});

export const failed: Fold<'RunFailed'> = (task, data, place) => ({
  status: 'ready',
  ...ended(task, place, {
    end: data.outcome,
    ended_by: 'RunFailed',
    error: data.error,
    // Only a supervisor that saw the child's end knows how it ended; a child that says so itself still lives.
    child: data.exit_code === null && data.signal === null ? childOf(task) : null,
  }),
  failures: data.counts_as_failure ? task.failures + 1 : task.failures,
  last_error: data.error,
  not_before: data.not_before,
});

export const completed: Fold<'TaskCompleted'> = (task, data, place) => ({
  status: 'done',
  completed: data,
  ...ended(task, place, { end: 'completed', ended_by: 'TaskCompleted', error: null, child: childOf(task) }),
  failures: 0,
  last_error: null,
  block_memory: null,
});

export const blocked: Fold<'TaskBlocked'> = (task, { at, kind, reason, recurrence }, place) => {
  const facts = {
    ...ended(task, place, { end: 'blocked', ended_by: 'TaskBlocked', error: reason, child: childOf(task) }),
    block_memory: { kind, recurrence },
  };
  if (kind === 'dependency') return { status: 'todo', ...facts };
  return { status: 'blocked', blocked: { by: 'block', kind, reason, since: at }, ...facts };
};

export const refused: Fold<'StaleCommandRefused'> = (task, { run, command, payload }, place) => {
  const bare = Object.keys(payload).length === 0;
  const kept: Kept = { command, revision: String(place.revision), ...(bare ? { bare } : {}) };
  if (task.status === 'running' && task.run.run === run) return withRun(task, place, (open) => ({ ...open, kept: [...open.kept, kept] }));
  return { ...task, ...place, runs: task.runs.map((over) => (over.run === run ? { ...over, kept: [...over.kept, kept] } : over)) };
};
