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
      return new StoreUnreadable(`the log ${path} is damaged`, 'run holdfast verify, then restore the file from a backup', { cause: error });
    case 'not_a_database':
      return new StoreUnreadable(`${path} is not a Holdfast log`, 'name another file, or make a board with holdfast init', { cause: error });
  }
};

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
