import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { sqliteFault, SqliteTooOld } from '../../platform/sqlite.ts';
import { StoreUnavailable, StoreUnreadable } from '../errors.ts';

/** What an error of SQLite means for the caller of a store; any other error is returned as it is. */
export const storeFault = (error: unknown, path: string): unknown => {
  if (error instanceof SqliteTooOld) return new StoreUnreadable(error.message, 'use Node 24 or newer, or run npm ci again', { cause: error });
  const fault = sqliteFault(error);
  switch (fault) {
    case undefined:
      return error;
    case 'busy':
      return busy(path, error);
    case 'full':
      return new StoreUnavailable(`no space left for the log ${path}`, 'free some space; nothing that was acknowledged is lost', { cause: error });
    case 'io':
      return new StoreUnavailable(`the disk of the log ${path} reports an error`, 'look at the disk, then try again', { cause: error });
    case 'readonly':
      return new StoreUnavailable(`the log ${path} cannot be written`, 'check the permissions of the file and its folder', { cause: error });
    case 'cannot_open':
      return new StoreUnavailable(`the log ${path} cannot be opened`, 'check that it exists, and the permissions of the file and its folder', { cause: error });
    case 'corrupt':
      return damaged(path, error);
    case 'not_a_database':
      return new StoreUnreadable(`${path} is not a Holdfast log`, 'name another file, or make a board with `holdfast init`', { cause: error });
  }
};

const ofSqlite = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SQLITE_ERROR';

const damaged = (path: string, cause: unknown): StoreUnreadable =>
  new StoreUnreadable(`the log ${path} is damaged`, 'run `holdfast verify`, then restore the file from a backup', { cause });

export const busy = (path: string, cause?: unknown): StoreUnavailable =>
  new StoreUnavailable(`another process holds the log ${path}`, 'see who has the file open, then try again', { cause });

/** Runs it; an error of SQLite comes out as an error of the store. */
export const withStoreFaults = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw storeFault(error, path);
  }
};

const DENIED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM']);

/** Why a log could not be opened, where the rights of its user or damaged tables are the reason; any other error is returned as it is. */
export const openFault = (error: unknown, path: string): unknown => {
  const folder = dirname(path);
  if (error instanceof Error && 'code' in error && DENIED.has(error.code))
    return new StoreUnavailable(`${folder} may not be looked into by this user`, 'check the permissions of the folder and those above it', { cause: error });
  // Every statement that is prepared then is right where the tables are.
  if (ofSqlite(error) && sqliteFault(error) === undefined) return damaged(path, error);
  if (!needsFiles(error, path)) return error;
  return new StoreUnavailable(
    `the log ${path} cannot be read: it was not closed, and SQLite cannot mend that in ${folder}`,
    'have who may write there run `holdfast doctor`',
    { cause: error },
  );
};

/** SQLite would have to make files beside a log, to read it, where its user may not. */
export const needsFiles = (error: unknown, path: string): boolean => {
  const fault = error instanceof StoreUnavailable ? sqliteFault(error.cause) : undefined;
  return (fault === 'readonly' || fault === 'cannot_open') && may(path, constants.R_OK) && !may(dirname(path), constants.W_OK);
};

/** By access(2), which opens nothing: closing a descriptor of the log would drop the locks that SQLite holds on it. */
const may = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
};
