import { describe, it, expect } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNewEnough, integer, openDatabase, sqliteFault, SqliteTooOld, text } from '../../src/platform/sqlite.ts';

const fresh = (name = 'some #1.db') => join(mkdtempSync(join(tmpdir(), 'holdfast-')), name);

const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return sqliteFault(error);
  }
  return undefined;
};

describe('the SQLite seam', () => {
  it('gives rows as arrays and binds by position', () => {
    const database = openDatabase({ path: fresh(), pragmas: ['journal_mode=WAL'] });
    database.exec('CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB)');
    database.prepare('INSERT INTO t(b, c) VALUES(?, ?)').run('ä', new Uint8Array([1, 2]));
    const row = database.prepare('SELECT a, b, hex(c), NULL FROM t WHERE a = ?').get(1) ?? [];
    expect(row).toEqual([1, 'ä', '0102', null]);
    expect([integer(row, 0), text(row, 1)]).toEqual([1, 'ä']);
    expect(() => integer(row, 1)).toThrow(TypeError);
    expect(() => text(row, 3)).toThrow(TypeError);
    expect(database.prepare('SELECT a FROM t WHERE a > 1').all()).toEqual([]);
    expect(database.prepare('SELECT a FROM t WHERE a > 1').get()).toBeUndefined();
    database.close();
    database.close();
  });

  it.each(['3.51.2', '3.40.1', '2.99.99', ''])('refuses SQLite %p', (version) => {
    expect(() => assertNewEnough(version)).toThrow(SqliteTooOld);
  });

  it.each(['3.51.3', '3.53.0', '3.100.0', '4.0.0'])('takes SQLite %p', (version) => {
    expect(() => assertNewEnough(version)).not.toThrow();
  });

  it('knows a header whose schema format is none for a damaged file', () => {
    const path = fresh();
    const made = openDatabase({ path });
    made.exec('CREATE TABLE t(a)');
    made.close();
    const bytes = readFileSync(path);
    bytes[47] = 12; // sqlite.org/fileformat.html: bytes 44 to 47, 1 … 4
    writeFileSync(path, bytes);
    expect(faultOf(() => openDatabase({ path }).prepare('SELECT a FROM t'))).toBe('corrupt');
  });

  it('makes no file when it is asked not to', () => {
    const path = fresh();
    expect(faultOf(() => openDatabase({ path, create: false }))).toBe('cannot_open');
    expect(faultOf(() => openDatabase({ path, readonly: true }))).toBe('cannot_open');
    expect(existsSync(path)).toBe(false);
  });

  it('opens an existing file read-only, also one with odd characters in its name', () => {
    const path = fresh('a ?&%20#b.db');
    const writer = openDatabase({ path });
    writer.exec('CREATE TABLE t(a)');
    const reader = openDatabase({ path, readonly: true });
    expect(reader.prepare('SELECT count(*) FROM t').get()).toEqual([0]);
    expect(faultOf(() => reader.exec('INSERT INTO t VALUES(1)'))).toBe('readonly');
    reader.close();
    writer.close();
    expect(existsSync(path)).toBe(true);
  });

  it('names the fault of an error', () => {
    const path = fresh();
    writeFileSync(path, 'not a database'.repeat(500));
    expect(faultOf(() => openDatabase({ path, pragmas: ['user_version'] }))).toBe('not_a_database');
    expect(readFileSync(path, 'utf8')).toBe('not a database'.repeat(500));
    const [one, two] = [fresh(), fresh()].map((file) => openDatabase({ path: file, pragmas: ['busy_timeout=0'] }));
    expect(faultOf(() => one?.exec('nonsense'))).toBeUndefined();
    expect(sqliteFault(new Error('other'))).toBeUndefined();
    one?.close();
    two?.close();
  });

  it('says busy when another connection is writing', () => {
    const path = fresh();
    const one = openDatabase({ path, pragmas: ['journal_mode=WAL', 'busy_timeout=0'] });
    const two = openDatabase({ path, pragmas: ['busy_timeout=0'] });
    one.exec('BEGIN IMMEDIATE');
    expect(faultOf(() => two.exec('BEGIN IMMEDIATE'))).toBe('busy');
    expect(faultOf(() => two.prepare('BEGIN IMMEDIATE').all())).toBe('busy');
    one.exec('ROLLBACK');
    one.close();
    two.close();
  });
});
