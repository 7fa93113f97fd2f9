import { randomUUID } from 'node:crypto';
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { type Database, integer, openDatabase, sqliteFault, text } from '../../platform/sqlite.ts';
import { StoreUnavailable, StoreUnreadable } from '../errors.ts';
import { busy, storeFault } from './faults.ts';
import { networkFileSystem } from './fileSystem.ts';
import { APPLICATION_ID, FORMAT, FROM_FORMAT_1, PRAGMAS, SCHEMA } from './schema.ts';

export type OpenLog = {
  readonly path: string;
  readonly create: boolean;
  readonly waitMs: number;
  readonly clock: Clock;
  /** The type that statfs(2) gives for a folder. */
  readonly fileSystemType?: (folder: string) => number;
};

export type Log = { readonly database: Database; readonly identity: string };

/** Looks before it touches: a file that is not ours, or of a newer format, is refused as it was found. */
export const openLog = async (options: OpenLog): Promise<Log> => {
  const { path, clock, waitMs } = options;
  const started = clock.monotonic();
  refuseNetwork(options);
  for (;;) {
    try {
      return tryOpen(options);
    } catch (error) {
      if (sqliteFault(error) !== 'busy') throw storeFault(error, path);
      if (clock.monotonic() - started > waitMs) throw busy(path, error);
      await clock.sleep(RETRY_MS);
    }
  }
};

const RETRY_MS = 10;

const refuseNetwork = ({ path, fileSystemType = (folder) => statfsSync(folder).type }: OpenLog): void => {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StoreUnavailable(`there is no folder ${folder}`, 'make a board there with `holdfast init`');
  }
  const network = networkFileSystem(fileSystemType(folder));
  if (network !== undefined) {
    throw new StoreUnreadable(`${folder} is on ${network}: SQLite cannot share a log over a network`, 'keep the board on a local disk, or use EventStoreDB');
  }
};

const tryOpen = ({ path, create, clock }: OpenLog): Log => {
  const found = examine(path);
  if (found === 'absent' && !create) throw new StoreUnavailable(`there is no log ${path}`, 'make one with `holdfast init`');
  if (found === 'empty' && !create) throw new StoreUnreadable(`${path} is an empty file`, 'make a board in it with `holdfast init`');
  const database = openDatabase({ path, create, pragmas: PRAGMAS });
  try {
    if (found !== 'ours') bringUp(database, clock);
    return { database, identity: metaOf(database, 'store_id') };
  } catch (error) {
    database.close();
    throw found === 'older' && sqliteFault(error) === 'readonly' ? unreadableAs('of an older format', path, error) : error;
  }
};

const unreadableAs = (what: string, path: string, cause?: unknown): StoreUnreadable =>
  new StoreUnreadable(`${path} is ${what}`, 'have who may write it run `holdfast doctor`', { cause });

type Kind = 'empty' | 'older' | 'ours';

/** What lies there. Read-only, because closing the last writing connection would checkpoint a foreign WAL. @throws StoreUnreadable when it is not ours, or what SQLite says */
export const examine = (path: string): 'absent' | Kind => {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return 'absent';
  try {
    return examined(openDatabase({ path, readonly: true }), path);
  } catch (error) {
    if (sqliteFault(error) !== 'readonly') throw error;
    // Perhaps who made it was cut off: SQLite makes it an empty file again, for which it has to write.
    return examined(openDatabase({ path, create: false }), path);
  }
};

const examined = (database: Database, path: string): Kind => {
  try {
    return kindOf(database, path);
  } finally {
    database.close();
  }
};

const kindOf = (database: Database, path: string): Kind => {
  const isEmpty = numberOf(database, 'SELECT count(*) FROM sqlite_master') === 0;
  if (isEmpty && numberOf(database, 'PRAGMA application_id') === 0) return 'empty';
  if (numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new StoreUnreadable(`${path} is not a Holdfast log`, 'name another file, or make a board with `holdfast init`');
  }
  const format = Number(metaOf(database, 'format'));
  if (!(format <= FORMAT)) throw new StoreUnreadable(`the log ${path} has format ${format}; this version reads ${FORMAT}`, 'use a newer Holdfast');
  return format < FORMAT ? 'older' : 'ours';
};

/** A log that nobody has open, in a folder where SQLite may make no files: read as it lies there, never written. */
export const openAtRest = (path: string): Log => {
  const database = openDatabase({ path, readonly: true, immutable: true });
  try {
    const found = kindOf(database, path);
    if (found !== 'ours') throw unreadableAs(found === 'empty' ? 'an empty file' : 'of an older format', path);
    return { database, identity: metaOf(database, 'store_id') };
  } catch (error) {
    database.close();
    throw error;
  }
};

/** Two processes may come here at once: the second finds it done. */
const bringUp = (database: Database, clock: Clock): void => {
  database.exec('BEGIN IMMEDIATE');
  try {
    if (numberOf(database, 'SELECT count(*) FROM sqlite_master') === 0) {
      database.exec(SCHEMA);
      const insert = database.prepare('INSERT INTO meta(key, value) VALUES(?, ?)');
      insert.run('format', String(FORMAT));
      insert.run('heads_at', '0');
      insert.run('store_id', randomUUID());
      insert.run('created_at_ms', String(clock.now()));
    } else if (metaOf(database, 'format') === '1') {
      database.exec(FROM_FORMAT_1);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
};

const numberOf = (database: Database, sql: string): number => integer(database.prepare(sql).get() ?? [], 0);

const metaOf = (database: Database, key: string): string => {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  if (row === undefined) throw new StoreUnreadable(`the log has no ${key}`, 'restore the file from a backup');
  return text(row, 0);
};
