import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { type Database, integer, openDatabase, sqliteInUse, text } from '../../platform/sqlite.ts';
import { writeLock } from '../../platform/sqliteLock.ts';
import { failedWith, failing, fine, type Finding, warning } from '../finding.ts';
import { diskFindings, type FileSystemFacts, megabytes } from './diskFindings.ts';
import { needsFiles, storeFault } from './faults.ts';
import { examine } from './openLog.ts';
import { walOf } from './sameFile.ts';

export type DiagnoseSqlite = {
  readonly path: string;
  readonly clock: Clock;
  /** Take no lock. */
  readonly readOnly: boolean;
  /** Of the folder; default what statfs(2) says. */
  readonly facts?: (folder: string) => FileSystemFacts;
};

/** How long another process may hold the write lock before that counts as stuck. */
const LOCK_WAIT_MS = 5_000;
/** Writers of this design hold it for milliseconds. */
const LOCK_UNUSUAL_MS = 100;
/** A write-ahead log has 4 MB, and up to 60 MB with many busy writers; only a reader that never ends makes it so much larger. */
const LARGE_WAL = 256 * 1024 * 1024;
/** How far the newest event may be ahead of the clock: on one machine it never is, unless the clock was set back. */
const CLOCK_TOLERANCE_MS = 1_000;

/** What can be said of the embedded store from outside, also when it cannot be opened. Writes nothing. */
export const diagnoseSqlite = async (options: DiagnoseSqlite): Promise<readonly Finding[]> => {
  const { path, readOnly } = options;
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [failing('file_system', `there is no folder ${folder}`, 'holdfast init')];
  const around = [...diskFindings(folder, options.facts), sqliteFinding()];
  if (around.some(({ check, level }) => check !== 'disk_space' && level === 'fail')) return around;
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [...around, failing('file', `there is no log ${path}`, 'holdfast init')];
  const inside = fileFindings(options);
  const broken = inside.some(({ level }) => level === 'fail');
  return [...around, ...inside, ...(readOnly || broken ? [] : [await lockFinding(options)])];
};

const sqliteFinding = (): Finding => {
  try {
    const { version, driver } = sqliteInUse();
    return fine('sqlite', `${version} of ${driver}, on Node ${process.versions.node}`);
  } catch (error) {
    return failedWith('sqlite', error, 'npm ci');
  }
};

const fileFindings = ({ path, clock }: DiagnoseSqlite): readonly Finding[] => {
  try {
    if (examine(path) === 'empty') return [failing('file', `${path} is an empty file`, 'holdfast init')];
    const database = openDatabase({ path, readonly: true });
    try {
      return [sizeFinding(database), ...clockFindings(database, clock), ...walFindings(path)];
    } finally {
      database.close();
    }
  } catch (error) {
    const fault = storeFault(error, path);
    if (needsFiles(fault, path) && !existsSync(walOf(path)))
      return [warning('file', `${path} can be read here, but not written`, 'check the permissions of the file and its folder')];
    return [failedWith('file', fault, 'holdfast verify')];
  }
};

const sizeFinding = (database: Database): Finding => {
  const number = (sql: string) => integer(database.prepare(sql).get() ?? [], 0);
  const format = text(database.prepare("SELECT value FROM meta WHERE key = 'format'").get() ?? [], 0);
  const events = number('SELECT coalesce(max(position), 0) FROM events');
  const bytes = number('PRAGMA page_count') * number('PRAGMA page_size');
  return fine('file', `format ${format}, log ends at ${events}, ${megabytes(bytes)}`);
};

const clockFindings = (database: Database, clock: Clock): readonly Finding[] => {
  const row = database.prepare('SELECT ts FROM events ORDER BY position DESC LIMIT 1').get();
  if (row === undefined) return [];
  const ahead = integer(row, 0) - clock.now();
  if (ahead <= CLOCK_TOLERANCE_MS) return [fine('clock', 'not behind the newest event')];
  const seconds = Math.round(ahead / 1000);
  return [warning('clock', `the newest event is ${seconds} s ahead of this clock: it was set back, and leases last so much longer`, 'timedatectl status')];
};

const walFindings = (path: string): readonly Finding[] => {
  const size = statSync(walOf(path), { throwIfNoEntry: false })?.size ?? 0;
  if (size < LARGE_WAL) return [];
  return [warning('write_ahead_log', `${megabytes(size)}: a process that reads without end keeps it from being folded back`, `fuser -v ${path}`)];
};

/** Takes the write lock as an append does, and gives it back. */
const lockFinding = async ({ path, clock }: DiagnoseSqlite): Promise<Finding> => {
  const started = clock.monotonic();
  try {
    const database = openDatabase({ path, create: false });
    try {
      const got = await writeLock({ database, clock, waitMs: LOCK_WAIT_MS })();
      if (got) database.exec('ROLLBACK');
      const waited = Math.round(clock.monotonic() - started);
      if (!got) return failing('lock', `another process holds the log for more than ${waited} ms`, `fuser -v ${path}`);
      return waited < LOCK_UNUSUAL_MS
        ? fine('lock', `free after ${waited} ms`)
        : warning('lock', `another process held the log for ${waited} ms`, `fuser -v ${path}`);
    } finally {
      database.close();
    }
  } catch (error) {
    return failedWith('lock', storeFault(error, path), `ls -l ${path}*`);
  }
};
