import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { builtIn, newEnough, OLDEST_SQLITE, sqliteModule } from './sqliteDriver.ts';

export type SqlValue = null | number | bigint | string | Uint8Array;
export type Row = readonly SqlValue[];

/** Arguments bind by position; a row is an array of its columns, integers as numbers. */
export interface Statement {
  /** In a hot write use `get`, which does the same without making this answer: that saves 5 % of an append. */
  run(...args: readonly SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...args: readonly SqlValue[]): Row | undefined;
  all(...args: readonly SqlValue[]): readonly Row[];
}

export type Database = {
  readonly exec: (sql: string) => void;
  readonly prepare: (sql: string) => Statement;
  /** From now on a statement that finds the file locked waits this long, blocking the thread; free when it is so already. */
  readonly busyTimeout: (ms: number) => void;
  readonly inTransaction: () => boolean;
  /** Idempotent. The file and its locks are let go only when the statements have been collected too, see `collectClosed`. */
  readonly close: () => void;
};

type OpenDatabase = {
  readonly path: string;
  /** The file must exist; nothing is written to it. */
  readonly readonly?: boolean;
  /** Of a file that nobody writes, to read it where SQLite may make no files beside it: no locks, and what changes is not seen. */
  readonly immutable?: boolean;
  /** Make the file when it is missing; default true. */
  readonly create?: boolean;
  /** In force before the first pragma; default 5 s. All of it may block the thread. */
  readonly busyTimeoutMs?: number;
  /** In order, such as `journal_mode=WAL`. */
  readonly pragmas?: readonly string[];
};

/** Of every connection, until the owner sets another: a WAL recovery by another process takes this long at most. */
export const BUSY_TIMEOUT_MS = 5_000;

/** No SQLite in reach is new enough to keep a log safe. */
export class SqliteTooOld extends Error {
  override readonly name = 'SqliteTooOld';
  readonly version: string;
  constructor(version: string) {
    super(`SQLite ${version} can lose commits; ${OLDEST_SQLITE} or newer is needed`);
    this.version = version;
  }
}

/** @throws SqliteTooOld, or what SQLite says (see `sqliteFault`). */
export const openDatabase = ({
  path,
  readonly = false,
  immutable = false,
  create = true,
  busyTimeoutMs = BUSY_TIMEOUT_MS,
  pragmas = [],
}: OpenDatabase): Database => {
  const location = create && !readonly ? path : `${pathToFileURL(path).href}?mode=${readonly ? 'ro' : 'rw'}${immutable ? '&immutable=1' : ''}`;
  const connection = new (driver().DatabaseSync)(location, { readOnly: readonly, timeout: busyTimeoutMs });
  let open = true;
  const close = () => {
    if (open) connection.close();
    open = false;
  };
  let timeout = busyTimeoutMs;
  const busyTimeout = (ms: number) => {
    // By `exec`: SQLite sets it when it compiles the pragma, so a prepared one would set nothing the second time.
    if (ms !== timeout) connection.exec(`PRAGMA busy_timeout=${ms}`);
    timeout = ms;
  };
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  try {
    assertNewEnough(text(prepare('SELECT sqlite_version()').get() ?? [], 0));
    for (const pragma of pragmas) prepare(`PRAGMA ${pragma}`).all();
  } catch (error) {
    close();
    throw error;
  }
  return { exec: (sql) => connection.exec(sql), prepare, busyTimeout, inTransaction: () => connection.isTransaction, close };
};

/** Which SQLite serves, and from where. @throws SqliteTooOld */
export const sqliteInUse = (): { readonly version: string; readonly driver: string } => {
  const database = openDatabase({ path: ':memory:' });
  try {
    const version = text(database.prepare('SELECT sqlite_version()').get() ?? [], 0);
    return { version, driver: builtIn() === undefined ? '@photostructure/sqlite' : 'node:sqlite' };
  } finally {
    database.close();
  }
};

/** Runs the garbage collector. The driver package frees a closed file, and its locks, only when its statements are collected; this is for when that cannot wait. */
export const collectClosed = async (): Promise<void> => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let turn = 0; turn < 2; turn += 1) {
    if (typeof collect === 'function') collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
};

/** @throws SqliteTooOld */
export const assertNewEnough = (version: string): void => {
  if (!newEnough(version)) throw new SqliteTooOld(version);
};

/** What an error of SQLite means for its user; undefined: not an error of SQLite, or none that a caller can act on. */
export const sqliteFault = (error: unknown): SqliteFault | undefined => {
  if (!(typeof error === 'object' && error !== null)) return undefined;
  const byCode = 'errcode' in error && typeof error.errcode === 'number' ? FAULTS.get(error.errcode & 0xff) : undefined;
  if (byCode !== undefined) return byCode;
  // The package leaves the code out when `all()` fails in the middle; the texts are those of sqlite3_errstr.
  if (!('code' in error && error.code === 'ERR_SQLITE_ERROR' && 'message' in error && typeof error.message === 'string')) return undefined;
  return FAULT_TEXTS.get(error.message);
};

export type SqliteFault = 'busy' | 'full' | 'io' | 'readonly' | 'cannot_open' | 'corrupt' | 'not_a_database';

/** Primary result codes of sqlite3.h. */
const FAULTS: ReadonlyMap<number, SqliteFault> = new Map<number, SqliteFault>([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'readonly'],
  [10, 'io'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'cannot_open'],
  // SQLITE_PROTOCOL: too many connections began a read at once.
  [15, 'busy'],
  [26, 'not_a_database'],
]);

const FAULT_TEXTS: ReadonlyMap<string, SqliteFault> = new Map<string, SqliteFault>([
  ['database is locked', 'busy'],
  ['database table is locked', 'busy'],
  ['locking protocol', 'busy'],
  ['attempt to write a readonly database', 'readonly'],
  ['disk I/O error', 'io'],
  ['database disk image is malformed', 'corrupt'],
  ['database or disk is full', 'full'],
  ['unable to open database file', 'cannot_open'],
  ['file is not a database', 'not_a_database'],
  // A header whose schema format is none: SQLite has no code for it.
  ['unsupported file format', 'corrupt'],
]);

/** @throws TypeError when the column is not an integer. */
export const integer = (row: Row, column: number): number => {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} is not an integer`);
  return value;
};

/** @throws TypeError when the column is not text. */
export const text = (row: Row, column: number): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
};

interface DriverStatement extends Statement {
  setReturnArrays(enabled: boolean): void;
}
interface DriverConnection {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}
type Driver = { readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean; readonly timeout: number }) => DriverConnection };

const isDriver = (module: unknown): module is Driver => typeof module === 'object' && module !== null && 'DatabaseSync' in module;

let loaded: Driver | undefined;

/** Loaded when first used, because a native module costs a cold command a few ms. */
const driver = (): Driver => {
  if (loaded !== undefined) return loaded;
  const module = sqliteModule();
  if (!isDriver(module)) throw new TypeError('the SQLite driver has no DatabaseSync');
  loaded = module;
  return loaded;
};
