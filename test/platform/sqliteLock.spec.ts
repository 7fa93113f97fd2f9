import { describe, expect, it } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { writeLock } from '../../src/platform/sqliteLock.ts';

const pair = () => {
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-')), 'a.db');
  return [openDatabase({ path, pragmas: ['journal_mode=WAL'] }), openDatabase({ path })] as const;
};
const timeoutOf = (database: ReturnType<typeof openDatabase>) => database.prepare('PRAGMA busy_timeout').get()?.[0];

describe('the write lock', () => {
  it('is had at once when it is free', async () => {
    const [one, two] = pair();
    expect(await writeLock({ database: one, clock: systemClock(), waitMs: 0 })()).toBe(true);
    expect(await writeLock({ database: two, clock: systemClock(), waitMs: 5 })()).toBe(false);
    one.exec('ROLLBACK');
    expect(await writeLock({ database: two, clock: systemClock(), waitMs: 0 })()).toBe(true);
    two.close();
    one.close();
  });

  it('is waited for without holding up the event loop', async () => {
    const [one, two] = pair();
    one.exec('BEGIN IMMEDIATE');
    const waiting = writeLock({ database: two, clock: systemClock(), waitMs: 5_000 })();
    let turns = 0;
    for (; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    one.exec('COMMIT');
    expect(await waiting).toBe(true);
    two.close();
    one.close();
  });

  it('is never waited for inside SQLite, whatever time reads of the same connection give it', async () => {
    const [one, two] = pair();
    one.exec('BEGIN IMMEDIATE');
    const waiting = writeLock({ database: two, clock: systemClock(), waitMs: 5_000 })();
    for (let turns = 0; turns < 5; turns += 1) {
      two.busyTimeout(5_000);
      expect(timeoutOf(two)).toBe(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    one.exec('COMMIT');
    expect(await waiting).toBe(true);
    expect(timeoutOf(two)).toBe(0);
    two.close();
    one.close();
  });

  it('is asked for more slowly when it has been held for long', async () => {
    const [one, two] = pair();
    one.exec('BEGIN IMMEDIATE');
    let now = 0;
    const slept: number[] = [];
    const clock: Clock = {
      now: () => now,
      monotonic: () => (now += 100),
      sleep: async (ms) => {
        slept.push(ms);
      },
    };
    expect(await writeLock({ database: two, clock, waitMs: 2_000 })()).toBe(false);
    expect(slept.length).toBeGreaterThan(5);
    expect(new Set(slept)).toEqual(new Set([5]));
    two.close();
    one.close();
  });

  it('passes on an error that is not about the lock', async () => {
    const [one, two] = pair();
    one.exec('BEGIN IMMEDIATE');
    await expect(writeLock({ database: one, clock: systemClock(), waitMs: 50 })()).rejects.toThrow('within a transaction');
    two.close();
    one.close();
  });
});
