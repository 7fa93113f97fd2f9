import { join } from 'node:path';
import { openDatabase } from '../src/platform/sqlite.ts';
import { deadlines } from '../src/watchdog/deadlines.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, rate, sideBySide, thousands } from './support/measure.ts';

const LEASE_MS = 60_000;
/** A million claims that beat about three times a lease. */
const EXTENDS_PER_SECOND = 49_500;
const DYING = 0.01;

/** A million claims in the watchdog's deadlines, against the same deadlines in an indexed SQLite table. */
export const deadline: Benchmark = {
  name: 'deadlines',
  targets: [
    { id: 'T8 extend', what: 'push one of 1,000,000 deadlines later', unit: 'ns', at_most: 50 },
    { id: 'T8 tick', what: 'one pass a simulated second over 1,000,000 deadlines, median', unit: 'ms', at_most: 5 },
    { id: 'T8 SQLite', what: 'push later in memory / UPDATE in SQLite, 512 a transaction', unit: 'x', at_least: 200 },
    { id: 'T8 lost', what: 'claims that died and were not found, or found twice', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const claims = quick ? 100_000 : 1_000_000;
    const table = sqliteDeadlines(join(folder, 'deadlines.db'), claims);
    const queue = deadlines();
    for (let i = 0; i < claims; i += 1) queue.add(LEASE_MS + (i % LEASE_MS));
    // Drawn before: a random number takes as long as the extension itself.
    const slots = Int32Array.from({ length: claims }, () => randomSlot(claims));
    let [now, from] = [LEASE_MS, 0];
    const rates = await sideBySide(rounds, {
      memory: () =>
        1000 *
        rate(quick ? 50 : 300, () => {
          for (let i = from; i < from + 1000; i += 1) queue.set(slots[i] ?? 0, (now += 1));
          from = (from + 1000) % claims;
        }),
      sqlite: () => table.rate(quick ? 100 : 1000, claims),
    });
    table.close();
    const { ticks, lost } = simulate(claims);
    return [
      { id: 'T8 extend', value: 1e9 / rates.median('memory') },
      { id: 'T8 tick', value: median(ticks), note: `longest ${Math.max(...ticks).toFixed(1)} ms` },
      { id: 'T8 SQLite', value: rates.ratio('memory', 'sqlite'), note: `${thousands(rates.median('memory'))} / ${thousands(rates.median('sqlite'))} a second` },
      { id: 'T8 lost', value: lost, note: `of ${thousands(claims * DYING)}` },
    ];
  },
};

const randomSlot = (claims: number): number => Math.floor(Math.random() * claims);

const dies = (slot: number): boolean => slot % (1 / DYING) === 0;

/** Two minutes, a tick each second: a live claim that comes due has beaten meanwhile, one in a hundred never beats again. */
const simulate = (claims: number) => {
  const queue = deadlines();
  const found = new Uint8Array(claims);
  for (let i = 0; i < claims; i += 1) queue.add(LEASE_MS + Math.floor((i * LEASE_MS) / claims));
  const ticks: number[] = [];
  for (let now = 1000; now <= 2 * LEASE_MS; now += 1000) {
    for (let i = 0; i < (EXTENDS_PER_SECOND * claims) / 1e6; i += 1) {
      const slot = randomSlot(claims);
      if (!dies(slot)) queue.set(slot, now + LEASE_MS);
    }
    const started = performance.now();
    const due = queue.due(now);
    ticks.push(performance.now() - started);
    for (const slot of due) {
      if (dies(slot)) found[slot] = (found[slot] ?? 0) + 1;
      else queue.set(slot, now + LEASE_MS);
    }
  }
  return { ticks, lost: found.reduce((lost, times, slot) => lost + (dies(slot) && times !== 1 ? 1 : 0), 0) };
};

const sqliteDeadlines = (path: string, claims: number) => {
  const database = openDatabase({ path, pragmas: ['journal_mode=WAL', 'synchronous=NORMAL', 'cache_size=-65536'] });
  database.exec('CREATE TABLE claims(slot INTEGER PRIMARY KEY, expires INTEGER NOT NULL) STRICT; CREATE INDEX by_expiry ON claims(expires)');
  database
    .prepare('WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) INSERT INTO claims SELECT i, ?2 + i % ?2 FROM n')
    .run(claims, LEASE_MS);
  const update = database.prepare('UPDATE claims SET expires = ? WHERE slot = ?');
  let now = LEASE_MS;
  return {
    rate: (ms: number, slots: number) =>
      512 *
      rate(ms, () => {
        database.exec('BEGIN IMMEDIATE');
        for (let i = 0; i < 512; i += 1) update.run((now += 1), randomSlot(slots));
        database.exec('COMMIT');
      }),
    close: database.close,
  };
};
