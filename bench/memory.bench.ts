import { instantOf } from '../src/domain/instant.ts';
import { foldEvent, noTask } from '../src/domain/task/codec.ts';
import type { ProcessProbe } from '../src/domain/processPorts.ts';
import type { RecordedEvent } from '../src/eventstore/port.ts';
import type { Claim } from '../src/projections/changes.ts';
import { liveClaims } from '../src/watchdog/liveClaims.ts';
import type { Processes } from '../src/watchdog/processColumns.ts';
import { processWatch } from '../src/watchdog/processWatch.ts';
import type { Benchmark } from './support/benchmark.ts';
import { beaten, claimed, created, streamOf, taskIdOf, workerOf } from './support/boardEvents.ts';

const HOUR = 3_600_000;

/** What stays in memory for each claim and each task. */
export const memory: Benchmark = {
  name: 'memory',
  targets: [
    { id: 'B per claim', what: 'watchdog, per live claim without a process on record', unit: 'B', at_most: 200 },
    { id: 'B per supervised claim', what: 'watchdog, per live claim whose child is on record and was looked at', unit: 'B', at_most: 200 },
    { id: 'B per task', what: 'board, per task state it keeps (4,096 at most)', unit: 'B' },
  ],
  run: async ({ quick }) => {
    const claims = quick ? 20_000 : 200_000;
    const tasks = 20_000;
    const now = Date.now();
    const byHand = await kept(claims, () => watched(claims, (n) => claimOf(n, now)));
    const supervised = await kept(claims, () => watched(claims, (n) => ({ ...claimOf(n, now), ...processesOf(n) })));
    const board = await kept(tasks, async () => Array.from({ length: tasks }, (_, n) => eventsOf(n, now).reduce(foldEvent, noTask)));
    return [
      { id: 'B per claim', value: byHand },
      { id: 'B per supervised claim', value: supervised },
      { id: 'B per task', value: board },
    ];
  },
};

const claimOf = (n: number, now: number): Claim => ({
  task_id: taskIdOf(n),
  run: 1,
  worker: workerOf(n),
  claimed_at: now,
  lease_ms: HOUR,
  claim_expires: now + HOUR + n,
  last_heartbeat_at: now,
  process: null,
  started: null,
  limits: {},
  revoked: null,
  retry_at: null,
});

/** Under `work` and `run`, as it comes from a store: parsed from JSON, so that no text of it is shared. */
const processesOf = (n: number): Processes => {
  const where = { host: 'build-3', boot_id: '1b4e28ba-2fa1-4d25-883f-0016d3cca427', pid_namespace: 'pid:[4026531836]' };
  const supervisor = { pid: n + 1, started_at: String(n) };
  const child = { pid: n + 2, pgid: n + 2, started_at: String(n + 1) };
  return JSON.parse(JSON.stringify({ process: { ...where, ...supervisor }, started: { ...where, supervisor, child } }));
};

/** What a watchdog holds once every claim is known and every process was looked at and is well. */
const watched = async (claims: number, claimOfN: (n: number) => Claim): Promise<object> => {
  const live = liveClaims();
  for (let n = 0; n < claims; n += 1) live.apply({ kind: 'opened', task_id: taskIdOf(n), claim: claimOfN(n) });
  const watch = processWatch({ probe: ALL_WELL, now: () => instantOf(0), turn: () => Promise.resolve() });
  for await (const taskId of watch.changed(live.processes)) throw new Error(`${taskId} is well`);
  return { live, watch };
};

const ALL_WELL: ProcessProbe = {
  host: null,
  self: () => null,
  identify: () => null,
  look: () => ({ process: 'alive', supervisor: 'alive', other_boot: false, dead_since: null, looked_at: [] }),
};

/** As they come from a store: parsed from JSON, so that nothing is shared. */
const eventsOf = (n: number, now: number): readonly RecordedEvent[] =>
  [created(n, now), claimed(n, now, HOUR), beaten(n, now, HOUR)].map((event, i) => {
    const data: RecordedEvent['data'] = JSON.parse(JSON.stringify({ ...event.data, at: instantOf(now + i) }));
    return { ...event, data, stream: streamOf(n), revision: BigInt(i), position: BigInt(n * 3 + i) };
  });

/** Bytes of heap and of typed arrays for each of `count` things that `make` keeps. */
const kept = async (count: number, make: () => Promise<object>): Promise<number> => {
  await make();
  const before = await settled();
  const things = await make();
  const after = await settled();
  return things === undefined ? 0 : (after - before) / count;
};

const settled = async (): Promise<number> => {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc');
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
