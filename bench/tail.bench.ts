import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Benchmark } from './support/benchmark.ts';
import { sharedNow, start } from './support/children.ts';
import { median, quantile, sleep } from './support/measure.ts';
import { type RawFile, rawAppend } from './support/raw.ts';

const Late = z.array(z.number());

/** A subscriber in another process, timed from the start of each append, and in turns with it a plain file, so that a slow disk can be told from a slow tail. */
export const tail: Benchmark = {
  name: 'tail',
  targets: [
    { id: 'T6 p50', what: 'another process has the event: median, past the commit', unit: 'ms', at_most: 1 },
    { id: 'T6 p99', what: 'another process has the event: p99, from the start of the append', unit: 'ms', at_most: 5 },
    { id: 'T6 p99 added', what: 'another process has the event: p99, past its own commit', unit: 'ms', at_most: 5 },
    { id: 'T6 p99 disk', what: 'append 300 B + fdatasync in turns with it: p99', unit: 'ms' },
    { id: 'T6 idle', what: 'CPU of a subscriber of a silent log', unit: '%', at_most: 0.1 },
    { id: 'T6 missed', what: 'events that did not come', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const count = quick ? 100 : 400;
    const raw = rawAppend(folder);
    const found: Round[] = [];
    for (let round = 0; round < rounds; round += 1) found.push(await once(join(folder, `board-${round}.db`), raw, count, quick ? 1500 : 4000));
    raw.close();
    const commit = median(found.map(({ commits }) => median(commits)));
    return [
      { id: 'T6 p50', value: median(found.map(({ late, commits }) => median(late) - median(commits))), note: `commit ${commit.toFixed(2)} ms` },
      { id: 'T6 p99', value: p99(found, ({ late }) => late), note: `worst round ${Math.max(...found.map(({ late }) => quantile(late, 0.99))).toFixed(1)} ms` },
      { id: 'T6 p99 added', value: p99(found, ({ late, commits }) => late.map((ms, i) => ms - (commits[i] ?? 0))) },
      { id: 'T6 p99 disk', value: p99(found, ({ flushes }) => flushes) },
      { id: 'T6 idle', value: 100 * median(found.map(({ idle }) => idle)) },
      { id: 'T6 missed', value: found.reduce((sum, { commits, late }) => sum + commits.length - late.length, 0), note: `of ${rounds * count}` },
    ];
  },
};

/** Times in ms. `late`: from the start of each append until the other process had its event. */
type Round = { readonly commits: readonly number[]; readonly flushes: readonly number[]; readonly late: readonly number[]; readonly idle: number };

const p99 = (rounds: readonly Round[], of: (round: Round) => readonly number[]): number => median(rounds.map((round) => quantile(of(round), 0.99)));

/** Longer than the safety poll takes to find what the doorbell missed. */
const PATIENCE_MS = 10_000;

const once = async (path: string, raw: RawFile, count: number, idleMs: number): Promise<Round> => {
  const store = await openSqliteEventStore({ path, create: true });
  const child = await start('tailer', [path, count, idleMs]);
  child.go();
  const [commits, flushes]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i += 1) {
    const sent = sharedNow();
    await store.append('task-tailed', [{ id: randomUUID(), type: 'HeartbeatRecorded', data: { sent }, metadata: {} }], i === 0 ? 'no_stream' : BigInt(i - 1));
    commits.push(sharedNow() - sent);
    await sleep(2 + (i % 7));
    const flushed = sharedNow();
    raw.once();
    flushes.push(sharedNow() - flushed);
    await sleep(2 + (i % 7));
  }
  const late = Late.parse((await Promise.race([child.said(), sleep(PATIENCE_MS)])) ?? [PATIENCE_MS]);
  const idle = late.length < count ? Number.NaN : z.number().parse(await child.said());
  await child.kill();
  await store.close();
  return { commits, flushes, late, idle };
};
