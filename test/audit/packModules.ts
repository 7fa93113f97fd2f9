import type { StoredTaskEvent } from '../../src/board/board.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { TaskEvent } from '../../src/domain/task/events.ts';
import { PACK_MODULES } from '../support/packModulesTask.ts';

/** The history behind the sample of `why` and `history`: two runs taken away, the third one finishes. */
const TASK = 't_7K3M9QX2VD';
const on = (time: string): string => `2026-11-21T${time}Z`;
const ada = 'agent:ada';
const bob = 'agent:bob';
const watchdog = 'system:wd_1';
const HOST = { host: 'build-3', boot_id: 'b1', pid_namespace: 'p1' };

const evidence = (over: Partial<Evidence>): Evidence => ({
  judged_at: on('09:05:10.531'),
  judged_revision: '3',
  due_at: null,
  claim_expires: on('09:20:02.118'),
  last_heartbeat_at: on('09:05:02.118'),
  last_heartbeat_revision: '3',
  heartbeat_stale: false,
  policy: { claim_ttl_ms: { value: 900_000, source: 'board' }, failure_limit: { value: 2, source: 'board' } },
  probe: {
    process: 'dead',
    supervisor: 'dead',
    other_boot: false,
    dead_since: on('09:05:10.500'),
    looked_at: ['build-3 pid 41207: gone', 'its supervisor 41199: gone'],
  },
  judge: { kind: 'watchdog', id: 'wd_1', version: '0.1.0' },
  view_behind: 0,
  discounted_ms: 0,
  ...over,
});

const alive: Evidence['probe'] = {
  process: 'alive',
  supervisor: 'alive',
  other_boot: false,
  dead_since: null,
  looked_at: ['build-3 pid 41388 alive, same start time', 'its supervisor 41380 alive, same start time'],
};
const STALE = evidence({
  judged_at: on('10:41:30.512'),
  judged_revision: '12',
  due_at: on('10:41:30.500'),
  claim_expires: on('10:41:30.500'),
  last_heartbeat_at: on('09:41:30.500'),
  last_heartbeat_revision: '7',
  heartbeat_stale: true,
  policy: { claim_ttl_ms: { value: 900_000, source: 'board' }, heartbeat_max_stale_ms: { value: 3_600_000, source: 'default' } },
  probe: alive,
});

const said: readonly (readonly [actor: string, event: TaskEvent])[] = [
  [
    'human:ana',
    {
      type: 'TaskCreated',
      data: { at: on('09:00:00.000'), task_id: TASK, ...PACK_MODULES, labels: ['pack'] },
    },
  ],
  [
    ada,
    {
      type: 'TaskClaimed',
      data: { at: on('09:01:00.000'), run: 1, worker: 'ada', lease_ms: 900_000, lease_source: 'board', claim_expires: on('09:16:00.000'), process: null },
    },
  ],
  [
    ada,
    {
      type: 'WorkerStarted',
      data: {
        at: on('09:01:00.100'),
        run: 1,
        worker: 'ada',
        ...HOST,
        supervisor: { pid: 41199, started_at: '10' },
        child: { pid: 41207, started_at: '11', pgid: 41207 },
      },
    },
  ],
  [
    ada,
    {
      type: 'HeartbeatRecorded',
      data: { at: on('09:05:02.118'), run: 1, worker: 'ada', source: 'worker', note: '4/9 files', claim_expires: on('09:20:02.118') },
    },
  ],
  [
    watchdog,
    {
      type: 'TaskReclaimed',
      data: {
        at: on('09:05:10.531'),
        run: 1,
        reason: 'crashed',
        rule: 'process dead → reclaim at once',
        counts_as_failure: true,
        not_before: null,
        evidence: evidence({}),
        stop: null,
        note: null,
      },
    },
  ],
  [
    bob,
    {
      type: 'TaskClaimed',
      data: { at: on('09:05:11.420'), run: 2, worker: 'bob', lease_ms: 900_000, lease_source: 'board', claim_expires: on('09:20:11.420'), process: null },
    },
  ],
  [
    bob,
    {
      type: 'WorkerStarted',
      data: {
        at: on('09:05:11.500'),
        run: 2,
        worker: 'bob',
        ...HOST,
        supervisor: { pid: 41380, started_at: '20' },
        child: { pid: 41388, started_at: '21', pgid: 41388 },
      },
    },
  ],
  [
    bob,
    {
      type: 'HeartbeatRecorded',
      data: { at: on('09:41:30.500'), run: 2, worker: 'bob', source: 'worker', note: '7/9 files', claim_expires: on('09:56:30.500') },
    },
  ],
  ...(['09:51:30.507', '10:01:30.514', '10:11:30.520', '10:21:30.527', '10:31:30.533'] as const).map((time, n): readonly [string, TaskEvent] => [
    bob,
    {
      type: 'ClaimExtended',
      data: {
        at: on(time),
        run: 2,
        why: 'supervisor_alive',
        evidence: evidence({ probe: alive }),
        claim_expires: n < 3 ? on(`10:${['06', '16', '26'][n] ?? ''}:30.500`) : on('10:41:30.500'),
      },
    },
  ]),
  [
    watchdog,
    {
      type: 'RunRevoked',
      data: {
        at: on('10:41:30.515'),
        run: 2,
        reason: 'heartbeat_stale',
        rule: 'lease over, process alive, beat older than heartbeat_max_stale 1h (default)',
        evidence: STALE,
        then: { to: 'ready' },
        note: null,
      },
    },
  ],
  [
    bob,
    {
      type: 'TaskReclaimed',
      data: {
        at: on('10:41:35.534'),
        run: 2,
        reason: 'heartbeat_stale',
        rule: 'lease over, process alive, beat older than heartbeat_max_stale 1h (default)',
        counts_as_failure: false,
        not_before: null,
        evidence: STALE,
        stop: {
          signals: [
            { signal: 'SIGTERM', at: on('10:41:30.520') },
            { signal: 'SIGKILL', at: on('10:41:35.521') },
          ],
          confirmed: true,
          gone_at: on('10:41:35.530'),
          took_ms: 5010,
        },
        note: null,
      },
    },
  ],
  [
    'agent:eve',
    {
      type: 'TaskClaimed',
      data: { at: on('10:41:36.020'), run: 3, worker: 'eve', lease_ms: 900_000, lease_source: 'board', claim_expires: on('10:56:36.020'), process: null },
    },
  ],
  ['agent:eve', { type: 'TaskCompleted', data: { at: on('10:45:00.000'), run: 3, worker: 'eve', summary: 'packed 9', result: null, artifacts: [] } }],
];

const kinds = { human: 'human', agent: 'agent', system: 'system' } as const;
const isKind = (text: string): text is keyof typeof kinds => text in kinds;

/** Events as stored, one command each unless `together` says that some were one append. */
export const stored = (events: readonly (readonly [actor: string, event: TaskEvent])[], together: readonly number[] = []): readonly StoredTaskEvent[] =>
  events.map(([actor, event], n) => {
    const [kind = '', id = ''] = actor.split(':');
    return {
      ...event,
      id: `e${n}`,
      task_id: TASK,
      revision: BigInt(n),
      position: BigInt(100 + n),
      metadata: {
        board: 'main',
        command_id: `c${together.includes(n) ? n - 1 : n}`,
        command_hash: '',
        actor: { kind: isKind(kind) ? kinds[kind] : 'human', id, surface: 'cli' },
      },
    };
  });

export const packModules = stored(said);
export { evidence as anyEvidence, on, TASK };
