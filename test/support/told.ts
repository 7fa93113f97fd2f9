import type { Evidence, Judge, Stop } from '../../src/domain/evidence.ts';
import { instantOf, plus, toMs, type Instant } from '../../src/domain/instant.ts';
import type { Probe, Started } from '../../src/domain/process.ts';
import type { ParentSeen } from '../../src/domain/task/parents.ts';
import type { DataOf, TaskEvent } from '../../src/domain/task/events.ts';
import { PACK_MODULES } from './packModulesTask.ts';

/** Events of one task, typed, with what a spec does not care about filled in. */
export const TASK = 't_7K3M9QX2VD';
export const T0: Instant = '2026-11-21T09:00:00.000Z';
export const second = (seconds: number): Instant => plus(T0, seconds * 1000);
export const minute = (minutes: number): Instant => second(minutes * 60);
export const LEASE = 900_000;
export const later = (at: Instant, ms: number): Instant => instantOf(toMs(at) + ms);

export const host = { host: 'build-3', boot_id: 'b-1', pid_namespace: '4026531836' };
export const started: Started = { ...host, supervisor: { pid: 41_199, started_at: '100' }, child: { pid: 41_207, started_at: '101', pgid: 41_207 } };
export const watchdog: Judge = { kind: 'watchdog', id: 'wd_1', version: '0.1.0' };

const seen = (facts: Partial<Probe>): Probe => ({ process: 'alive', supervisor: 'alive', other_boot: false, dead_since: null, looked_at: [], ...facts });
export const probes = {
  alive: seen({}),
  orphan: seen({ supervisor: 'dead' }),
  dead: seen({ process: 'dead', supervisor: 'dead', dead_since: T0 }),
  deadByHand: seen({ process: 'dead', supervisor: 'absent', dead_since: T0 }),
  deadUnder: (dead_since: Instant | null) => seen({ process: 'dead', supervisor: 'alive', dead_since }),
  otherBoot: seen({ process: 'dead', supervisor: 'dead', other_boot: true, dead_since: T0 }),
  unknown: seen({ process: 'unknown', supervisor: 'unknown' }),
  foreign: seen({ process: 'foreign', supervisor: 'foreign' }),
} as const;

export const evidence = (at: Instant, facts: Partial<Evidence> = {}): Evidence => ({
  judged_at: at,
  judged_revision: '1',
  due_at: null,
  claim_expires: at,
  last_heartbeat_at: null,
  last_heartbeat_revision: null,
  heartbeat_stale: false,
  policy: {},
  probe: probes.unknown,
  judge: watchdog,
  view_behind: 0,
  discounted_ms: 0,
  ...facts,
});
export const stopped = (at: Instant, confirmed = true): Stop => ({
  signals: [{ signal: 'SIGTERM', at }],
  confirmed,
  gone_at: confirmed ? at : null,
  took_ms: 20,
});

export const created = (data: Partial<DataOf<'TaskCreated'>> = {}): TaskEvent => ({
  type: 'TaskCreated',
  data: {
    at: T0,
    task_id: TASK,
    ...PACK_MODULES,
    ...data,
  },
});
export const claimed = (worker: string, run: number, at: Instant, data: Partial<DataOf<'TaskClaimed'>> = {}): TaskEvent => ({
  type: 'TaskClaimed',
  data: { at, run, worker, lease_ms: LEASE, lease_source: 'default', claim_expires: later(at, data.lease_ms ?? LEASE), process: null, ...data },
});
export const workerStarted = (worker: string, run: number, at: Instant): TaskEvent => ({ type: 'WorkerStarted', data: { at, run, worker, ...started } });
export const beat = (worker: string, run: number, at: Instant, data: Partial<DataOf<'HeartbeatRecorded'>> = {}): TaskEvent => ({
  type: 'HeartbeatRecorded',
  data: { at, run, worker, source: 'worker', claim_expires: later(at, LEASE), ...data },
});
export const revoked = (run: number, at: Instant, data: Partial<DataOf<'RunRevoked'>> = {}): TaskEvent => ({
  type: 'RunRevoked',
  data: { at, run, reason: 'heartbeat_stale', rule: 'lease over', evidence: evidence(at), then: { to: 'ready' }, note: null, ...data },
});
export const deferred = (run: number, at: Instant, times: number, retry_at: Instant): TaskEvent => ({
  type: 'ReclaimDeferred',
  data: { at, run, survivors: [41_207], stop: stopped(at, false), times, retry_at },
});
export const reclaimed = (run: number, at: Instant, data: Partial<DataOf<'TaskReclaimed'>> = {}): TaskEvent => ({
  type: 'TaskReclaimed',
  data: {
    at,
    run,
    reason: 'lease_expired',
    rule: 'lease over',
    counts_as_failure: false,
    not_before: null,
    evidence: evidence(at),
    stop: null,
    note: null,
    ...data,
  },
});
export const released = (worker: string, run: number, at: Instant, data: Partial<DataOf<'ClaimReleased'>> = {}): TaskEvent => ({
  type: 'ClaimReleased',
  data: { at, run, worker, reason: 'worker', note: null, ...data },
});
export const failed = (worker: string, run: number, at: Instant, data: Partial<DataOf<'RunFailed'>> = {}): TaskEvent => ({
  type: 'RunFailed',
  data: {
    at,
    run,
    worker,
    outcome: 'failed',
    error: 'exit 1',
    exit_code: 1,
    signal: null,
    last_output: null,
    counts_as_failure: true,
    not_before: null,
    ...data,
  },
});
export const gaveUp = (run: number, at: Instant): TaskEvent => ({
  type: 'TaskGaveUp',
  data: { at, run, failures: 2, limit: 2, limit_source: 'default', tripped_by: 'failed' },
});
export const completed = (worker: string | null, run: number | null, at: Instant): TaskEvent => ({
  type: 'TaskCompleted',
  data: { at, run, worker, summary: 'packed 9', result: null, artifacts: [] },
});
export const blocked = (at: Instant, data: Partial<DataOf<'TaskBlocked'>> = {}): TaskEvent => ({
  type: 'TaskBlocked',
  data: { at, run: null, worker: null, kind: 'needs_input', reason: 'which files?', recurrence: 1, ...data },
});
export const unblocked = (at: Instant): TaskEvent => ({ type: 'TaskUnblocked', data: { at, reason: null } });
export const escalated = (at: Instant): TaskEvent => ({ type: 'TaskEscalated', data: { at, kind: 'needs_input', recurrence: 2, reason: 'twice' } });
export const archived = (at: Instant): TaskEvent => ({ type: 'TaskArchived', data: { at, reason: null, cancelled: false } });

/** A parent of the task, and how the board sees it. */
export const PARENT = 't_0000000001';
export const parentSeen = (status: string, data: Partial<ParentSeen> = {}): ParentSeen => ({
  task_id: PARENT,
  status,
  revision: '3',
  board: 'main',
  changed_at: T0,
  ...data,
});
export const linked = (at: Instant, parents: readonly string[] = [PARENT]): TaskEvent => ({
  type: 'TaskLinked',
  data: { at, parents: [...parents], unfinished: [] },
});
export const demoted = (at: Instant): TaskEvent => ({
  type: 'TaskDemoted',
  data: { at, to: 'todo', because: { by: 'parents', parent: { task_id: PARENT, status: 'ready', revision: '0' }, parents: 1 } },
});
export const promoted = (at: Instant, data: Partial<DataOf<'TaskPromoted'>> = {}): TaskEvent => ({
  type: 'TaskPromoted',
  data: { at, to: 'ready', because: { by: 'operator', reason: null }, ...data },
});
export const scheduled = (at: Instant, until: Instant): TaskEvent => ({ type: 'TaskScheduled', data: { at, until, reason: null } });
