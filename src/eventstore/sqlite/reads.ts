import { BUSY_TIMEOUT_MS, type Database, sqliteFault } from '../../platform/sqlite.ts';

type Reads = {
  /**
   * Runs a read of several statements on one state of the file. A statement by itself takes a lock and gives it back, which costs more than most of
   * them do (measured: 7 µs). While an append has the write lock, a read sees what the append sees.
   */
  readonly atOnce: <T>(read: () => T) => T;
  /** Runs a read of one statement, or of several that need not see the same state, without a transaction, which would cost as much as two more statements. */
  readonly bare: <T>(read: () => T) => T;
};

export const reads = (database: Database): Reads => {
  const [begin, end] = [database.prepare('BEGIN'), database.prepare('COMMIT')];
  const once = <T>(read: () => T): T => {
    begin.get();
    try {
      return read();
    } finally {
      // After some errors SQLite has ended it by itself.
      if (database.inTransaction()) end.get();
    }
  };
  const bare = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (sqliteFault(error) !== 'busy' || database.inTransaction()) throw error;
      // An append leaves no busy timeout, and a read seldom needs one: only while another process recovers the file.
      database.busyTimeout(BUSY_TIMEOUT_MS);
      return read();
    }
  };
  return { atOnce: (read) => (database.inTransaction() ? read() : bare(() => once(read))), bare };
};
