import { constants, copyFileSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore, ExpectedRevision, NewEvent } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { collectClosed } from '../../src/platform/sqlite.ts';
import type { Scale } from './benchmark.ts';
import { beaten, BOARD_STREAM, boardCreated, claimed, completed, created, streamOf } from './boardEvents.ts';

const LEASE_MS = 900_000;
/** As many as one group commit takes. */
const AT_ONCE = 512;

/** A finished log of a board: how many tasks, how many events in all. */
export type BigLog = { readonly path: string; readonly tasks: number; readonly events: number };

/**
 * 100,000 tasks and 1,000,000 events (quick: 5,000 and 50,000): created, then nine in ten of them claimed, beaten by turns, and done.
 * Made once per run.
 */
export const bigLog = async ({ quick, fixtures }: Scale): Promise<BigLog> => {
  const tasks = quick ? 5_000 : 100_000;
  const events = tasks * 10;
  const path = join(fixtures, `log-${events}.db`);
  if (!existsSync(path)) {
    await build(`${path}.part`, tasks, events);
    // What is still in the write-ahead log does not move with the file.
    await collectClosed();
    renameSync(`${path}.part`, path);
  }
  return { path, tasks, events };
};

/** A log that a benchmark may write to. */
export const copyOf = ({ path }: BigLog, folder: string): string => {
  const copy = join(folder, 'board.db');
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  return copy;
};

const build = async (path: string, tasks: number, events: number): Promise<void> => {
  const start = Date.now() - 3_600_000;
  const store = await openSqliteEventStore({ path, create: true, synchronous: 'NORMAL' });
  await store.append(BOARD_STREAM, [boardCreated(start)], 'no_stream');
  const worked = Math.floor(tasks * 0.9);
  await appendAll(store, tasks, (n) => [streamOf(n), created(n, start + n), 'no_stream']);
  await appendAll(store, worked, (n) => [streamOf(n), claimed(n, start + tasks + n, LEASE_MS), 0n]);
  const beats = events - 1 - tasks - 2 * worked;
  await appendAll(store, beats, (i) => [streamOf(i % worked), beaten(i % worked, start + 2 * tasks + i, LEASE_MS), BigInt(1 + Math.floor(i / worked))]);
  await appendAll(store, worked, (n) => [streamOf(n), completed(n, start + events + n), BigInt(1 + Math.floor(beats / worked) + (n < beats % worked ? 1 : 0))]);
  await store.close();
};

/** `count` appends of one event each, in group commits. */
export const appendAll = async (
  store: EventStore,
  count: number,
  append: (i: number) => readonly [stream: string, event: NewEvent, expected: ExpectedRevision],
): Promise<void> => {
  for (let from = 0; from < count; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => append(from + i));
    await Promise.all(batch.map(([stream, event, expected]) => store.append(stream, [event], expected)));
  }
};
