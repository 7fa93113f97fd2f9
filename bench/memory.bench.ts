import { instantOf } from '../src/domain/instant.ts';
import { foldEvent, noTask } from '../src/domain/task/codec.ts';
import type { RecordedEvent } from '../src/eventstore/port.ts';
import type { Claim } from '../src/projections/changes.ts';
import { liveClaims } from '../src/watchdog/liveClaims.ts';
import type { Benchmark } from './support/benchmark.ts';
import { beaten, claimed, created, streamOf, taskIdOf, workerOf } from './support/boardEvents.ts';

const HOUR = 3_600_000;

/** What stays in memory for each claim and each task. */
export const memory: Benchmark = {
  name: 'memory',
  targets: [
    { id: 'B per claim', what: 'watchdog, per live claim', unit: 'B', at_most: 200 },
    { id: 'B per task', what: 'board, per task state it keeps (20,000 at most)', unit: 'B' },
  ],
  run: async ({ quick }) => {
    const claims = quick ? 20_000 : 200_000;
    const tasks = 20_000;
    const now = Date.now();
    const watchdog = await kept(claims, () => {
      const held = liveClaims();
      for (let n = 0; n < claims; n += 1) held.apply({ kind: 'opened', task_id: taskIdOf(n), claim: claimOf(n, now) });
      return held;
    });
    const board = await kept(tasks, () => Array.from({ length: tasks }, (_, n) => eventsOf(n, now).reduce(foldEvent, noTask)));
    return [
      { id: 'B per claim', value: watchdog },
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

/** As they come from a store: parsed from JSON, so that nothing is shared. */
const eventsOf = (n: number, now: number): readonly RecordedEvent[] =>
  [created(n, now), claimed(n, now, HOUR), beaten(n, now, HOUR)].map((event, i) => {
    const data: RecordedEvent['data'] = JSON.parse(JSON.stringify({ ...event.data, at: instantOf(now + i) }));
    return { ...event, data, stream: streamOf(n), revision: BigInt(i), position: BigInt(n * 3 + i) };
  });

/** Bytes of heap and of typed arrays for each of `count` things that `make` keeps. */
const kept = async (count: number, make: () => object): Promise<number> => {
  make();
  const before = await settled();
  const things = make();
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
