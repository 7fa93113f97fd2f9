import { BUSY_TIMEOUT_MS, type Database, sqliteFault } from '../../platform/sqlite.ts';

/**
 * Runs a read of several statements on one state of the file. A statement by itself takes a lock and gives it back, which costs more than most of
 * them do (measured: 7 µs). While an append has the write lock, a read sees what the append sees.
 */
export const snapshot = (database: Database): (<T>(read: () => T) => T) => {
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
  return (read) => {
    if (database.inTransaction()) return read();
    try {
      return once(read);
    } catch (error) {
      if (sqliteFault(error) !== 'busy') throw error;
      // An append leaves no busy timeout, and a read seldom needs one: only while another process recovers the file.
      database.busyTimeout(BUSY_TIMEOUT_MS);
      return once(read);
    }
  };
};
