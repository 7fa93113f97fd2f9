import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { reads } from '../../src/eventstore/sqlite/reads.ts';
import { type Database, openDatabase } from '../../src/platform/sqlite.ts';
import { logFolder } from '../support/storeProcesses.ts';

const count = (database: Database) => database.prepare('SELECT count(*) FROM notes').get()?.[0];

describe('a read of several statements', () => {
  let one: Database;
  let other: Database;
  beforeEach(() => {
    const path = join(logFolder(), 'a.db');
    one = openDatabase({ path });
    one.exec('CREATE TABLE notes(body TEXT); INSERT INTO notes VALUES(1)');
    other = openDatabase({ path });
  });
  afterEach(() => {
    one.close();
    other.close();
  });

  it('sees one state of the file, whatever others commit meanwhile', () => {
    one.exec('PRAGMA journal_mode=WAL');
    const seen = reads(one).atOnce(() => {
      const first = count(one);
      other.exec('INSERT INTO notes VALUES(2)');
      return [first, count(one)];
    });
    expect(seen).toEqual([1, 1]);
    expect(count(one)).toBe(2);
  });

  it('sees within a write transaction what that has written', () => {
    one.exec('BEGIN IMMEDIATE; INSERT INTO notes VALUES(2)');
    expect(reads(one).atOnce(() => count(one))).toBe(2);
    one.exec('ROLLBACK');
    expect(count(one)).toBe(1);
  });

  it('ends its transaction also when it fails, unless SQLite has ended it by itself', () => {
    for (const before of ['SELECT 1', 'ROLLBACK']) {
      const failing = () => {
        one.exec(before);
        throw new Error('no');
      };
      expect(() => reads(one).atOnce(failing)).toThrow('no');
      expect(one.inTransaction()).toBe(false);
    }
  });

  it('is taken again with patience when it finds the file locked, as an append leaves none', () => {
    one.busyTimeout(0);
    other.exec('BEGIN EXCLUSIVE; INSERT INTO notes VALUES(2)');
    const patience: unknown[] = [];
    const seen = reads(one).atOnce(() => {
      patience.push(one.prepare('PRAGMA busy_timeout').get()?.[0]);
      if (patience.length === 2) other.exec('COMMIT');
      return count(one);
    });
    expect(seen).toBe(2);
    expect(patience).toEqual([0, 5_000]);
  });
});
