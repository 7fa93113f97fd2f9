import type { Clock } from './clock.ts';
import { type Database, sqliteFault, type Statement } from './sqlite.ts';

type WriteLock = { readonly database: Database; readonly clock: Clock; readonly waitMs: number };

/**
 * BEGIN IMMEDIATE, fair between processes: SQLite's own busy handler backs off up to 100 ms while the winner takes the lock
 * again at once, so that the others starve (measured: 9,600 commits to 1). A short uniform retry gives each its turn.
 * False: the lock was not free within `waitMs`. The busy timeout is 0 afterwards.
 */
export const writeLock = ({ database, clock, waitMs }: WriteLock): (() => Promise<boolean>) => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  return async () => {
    const started = clock.monotonic();
    for (let tries = 1; !began(database, begin); tries += 1) {
      const waited = clock.monotonic() - started;
      if (waited > waitMs) return false;
      if (waited > UNUSUAL_MS) await clock.sleep(SLOW_RETRY_MS);
      else if (tries < TRIES_AT_ONCE) continue;
      else if (tries % TRIES_PER_TURN === 0) await nextTurn();
      else pause(MIN_RETRY_MS + Math.random() * (MAX_RETRY_MS - MIN_RETRY_MS));
    }
    return true;
  };
};

/** A single append holds the lock for 60 µs, and a try costs 10 µs. Measured: without these quick tries four processes together append a tenth less. */
const TRIES_AT_ONCE = 20;
/** After that the holder writes more than a few events. A pause costs 35 µs of CPU, which the holder may need. */
const MIN_RETRY_MS = 0.1;
const MAX_RETRY_MS = 0.8;
/** About 2 ms without a turn of the event loop. */
const TRIES_PER_TURN = 4;
/** Writers of this design hold the lock for milliseconds; whoever holds it longer is not one of ours. */
const UNUSUAL_MS = 1_000;
const SLOW_RETRY_MS = 5;

const began = (database: Database, begin: Statement): boolean => {
  // Before each try: between two of them, others may have read.
  database.busyTimeout(0);
  try {
    begin.get();
    return true;
  } catch (error) {
    if (sqliteFault(error) === 'busy') return false;
    throw error;
  }
};

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread: timers of Node cannot wait for less than 1 ms. */
const pause = (ms: number): void => {
  Atomics.wait(cell, 0, 0, ms);
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
