import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Benchmark } from './support/benchmark.ts';
import { sleep, thousands } from './support/measure.ts';

const WRITERS = 3;
const CRASHER = fileURLToPath(new URL('processes/crasher.js', import.meta.url));

/** kill -9 of three writers at once, again and again, on one file. Torn WAL, full disk and flipped bits: the fault specs of the SQLite store. */
export const crash: Benchmark = {
  name: 'crash',
  targets: [
    { id: 'T10 lost', what: 'acknowledged events lost to kill -9 of 3 writers', unit: 'times', at_most: 0 },
    { id: 'T10 damaged', what: 'events that verify finds damaged afterwards', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, folder }) => {
    const path = join(folder, 'board.db');
    await (await openSqliteEventStore({ path, create: true })).close();
    const acknowledged = new Map<string, string>();
    const rounds = quick ? 5 : 50;
    for (let round = 0; round < rounds; round += 1) {
      const writers = Array.from({ length: WRITERS }, (_, i) => crashed(path, `task-crash-${i}`));
      for (const acks of await Promise.all(writers)) for (const [place, id] of acks) acknowledged.set(place, id);
    }
    const store = await openSqliteEventStore({ path });
    for (let i = 0; i < WRITERS; i += 1)
      for (const { stream, revision, id } of await store.readStream(`task-crash-${i}`))
        if (acknowledged.get(`${stream} ${revision}`) === id) acknowledged.delete(`${stream} ${revision}`);
    const total = Number(await store.head());
    let damaged = 0;
    for await (const { fault } of store.verify()) if (fault !== undefined) damaged += 1;
    await store.close();
    return [
      { id: 'T10 lost', value: acknowledged.size, note: `${rounds} rounds, ${thousands(total)} events` },
      { id: 'T10 damaged', value: damaged },
    ];
  },
};

/** What a writer acknowledged before it was killed: stream and revision → event id. */
const crashed = async (path: string, stream: string): Promise<readonly (readonly [place: string, id: string])[]> => {
  const child = spawn(process.execPath, [CRASHER, path, stream], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child.stdout, 'end');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child.stdout, 'data');
  await sleep(50 + Math.random() * 200);
  child.kill('SIGKILL');
  await ended;
  return said.split('\n').flatMap((line) => {
    const [revision, id] = line.split(' ');
    return id?.length === 36 ? [[`${stream} ${revision}`, id] as const] : [];
  });
};
