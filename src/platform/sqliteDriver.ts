import { createRequire } from 'node:module';

/** The oldest SQLite that does not lose commits when a checkpoint meets a WAL reset (sqlite.org, release notes of 3.51.3). */
export const OLDEST_SQLITE = '3.51.3';

/** Whether this version of SQLite keeps a log safe. */
export const newEnough = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0, leastPatch = 0] = OLDEST_SQLITE.split('.').map(Number);
  return major !== leastMajor ? major > leastMajor : minor !== leastMinor ? minor > leastMinor : patch >= leastPatch;
};

/** Node 24 has one built in; that of Node 22 prints an ExperimentalWarning, so the package serves there. */
export const builtIn = (): unknown => {
  const { sqlite, node } = process.versions;
  const quiet = Number.parseInt(node, 10) >= 24;
  return quiet && sqlite !== undefined && newEnough(sqlite) ? process.getBuiltinModule('node:sqlite') : undefined;
};

/** The module that serves. */
export const sqliteModule = (): unknown => builtIn() ?? createRequire(import.meta.url)('@photostructure/sqlite');
