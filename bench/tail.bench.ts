import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Benchmark } from './support/benchmark.ts';
import { sharedNow, start } from './support/children.ts';
import { median, quantile, sleep } from './support/measure.ts';

const Answer = z.object({ late: z.array(z.number()), idle: z.number() });

/** A subscriber in another process, timed from the start of each append. */
export const tail: Benchmark = {
  name: 'tail',
  targets: [
    { id: 'T6 p50', what: 'another process has the event: median, past the commit', unit: 'ms', at_most: 1 },
    { id: 'T6 p99', what: 'another process has the event: p99, from the start of the append', unit: 'ms', at_most: 5 },
    { id: 'T6 idle', what: 'CPU of a subscriber of a silent log', unit: '%', at_most: 0.1 },
    { id: 'T6 missed', what: 'events that did not come', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const count = quick ? 100 : 400;
    const found = [];
    for (let round = 0; round < rounds; round += 1) found.push(await once(join(folder, `board-${round}.db`), count, quick ? 1500 : 4000));
    return [
      { id: 'T6 p50', value: median(found.map(({ p50, commit }) => p50 - commit)), note: `commit ${median(found.map(({ commit }) => commit)).toFixed(2)} ms` },
      { id: 'T6 p99', value: median(found.map(({ p99 }) => p99)), note: `worst round ${Math.max(...found.map(({ p99 }) => p99)).toFixed(1)} ms` },
      { id: 'T6 idle', value: 100 * median(found.map(({ idle }) => idle)) },
      { id: 'T6 missed', value: found.reduce((sum, { missed }) => sum + missed, 0), note: `of ${rounds * count}` },
    ];
  },
};

/** Longer than the safety poll takes to find what the doorbell missed. */
const PATIENCE_MS = 10_000;

const once = async (path: string, count: number, idleMs: number) => {
  const store = await openSqliteEventStore({ path, create: true });
  const child = await start('tailer', [path, count, idleMs]);
  await child.said();
  child.go();
  const commits: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const sent = sharedNow();
    await store.append('task-tailed', [{ id: randomUUID(), type: 'HeartbeatRecorded', data: { sent }, metadata: {} }], i === 0 ? 'no_stream' : BigInt(i - 1));
    commits.push(sharedNow() - sent);
    await sleep(2 + (i % 7));
  }
  const answer = await Promise.race([child.said(), sleep(PATIENCE_MS)]);
  await child.kill();
  await store.close();
  const { late, idle } = answer === undefined ? { late: [PATIENCE_MS], idle: Number.NaN } : Answer.parse(answer);
  return { commit: median(commits), p50: median(late), p99: quantile(late, 0.99), idle, missed: count - late.length };
};
