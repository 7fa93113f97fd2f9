import { describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable, StoreUnreadable } from '../../src/eventstore/errors.ts';
import { openAtRest } from '../../src/eventstore/sqlite/openLog.ts';
import { fileAtRest } from '../../src/eventstore/sqlite/sameFile.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';

const path = () => join(mkdtempSync(join(tmpdir(), 'holdfast-rest-')), 'log.db');
const file = () => {
  const fresh = path();
  writeFileSync(fresh, 'a log');
  return fresh;
};

describe('a file at rest', () => {
  it('is one as long as nobody writes it', () => {
    const rest = fileAtRest(file());
    expect(rest.holds()).toBe(true);
    expect(() => rest.assertLately()).not.toThrow();
  });

  it.each([
    ['it grew', (log: string) => appendFileSync(log, 'more')],
    ['somebody has it open', (log: string) => writeFileSync(`${log}-wal`, '')],
  ])('is none any more when %s, and whoever reads it is told at the next read', (_, happens) => {
    const log = file();
    const rest = fileAtRest(log);
    happens(log);
    expect(rest.holds()).toBe(false);
    expect(() => rest.assertLately()).toThrow(StoreUnavailable);
    expect(() => rest.assertLately()).toThrow(/somebody writes the log/);
  });

  it('is none from the start when somebody has it open already', () => {
    const log = file();
    writeFileSync(`${log}-wal`, '');
    expect(fileAtRest(log).holds()).toBe(false);
  });
});

describe('a log at rest', () => {
  it('is the one that was closed', async () => {
    const log = path();
    const store = await openSqliteEventStore({ path: log, create: true });
    const identity = await store.identity();
    await store.close();
    const other = openDatabase({ path: log });
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)'); // as the last one does that closes it
    other.close();
    const rest = openAtRest(log);
    expect(rest.identity).toBe(identity);
    expect(() => rest.database.exec("INSERT INTO types(name) VALUES('X')")).toThrow(/readonly/);
    rest.database.close();
  });

  it('is refused when it is empty, or none of ours', () => {
    const empty = path();
    writeFileSync(empty, '');
    expect(() => openAtRest(empty)).toThrow(StoreUnreadable);
    expect(() => openAtRest(file())).toThrow(/not a database/);
  });
});
