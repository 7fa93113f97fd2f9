import { statSync } from 'node:fs';
import { START } from '../eventstore/port.ts';
import { integer, openDatabase, sqliteFault, text } from '../platform/sqlite.ts';
import type { Database, Row, SqlValue, Statement } from '../platform/sqlite.ts';
import { admissions, openAdmissions } from './admissions.ts';
import { boards } from './boards.ts';
import type { BoardRow } from './boards.ts';
import { crashes } from './crashes.ts';
import type { CrashRow } from './crashes.ts';
import { diagnostics } from './diagnostics/troubles.ts';
import type { TroubleRow } from './diagnostics/troubleRow.ts';
import type { Checkpoint, LogBatch, Projection } from './projection.ts';
import { runs } from './runs.ts';
import type { RunRow } from './runs.ts';
import { links } from './links.ts';
import type { LinkRow } from './links.ts';
import { openTable, tableSchema } from './table.ts';
import type { TaskRow } from './taskRow.ts';
import { tasks } from './tasks.ts';

export type Projections = {
  readonly tasks: Projection<TaskRow>;
  readonly runs: Projection<RunRow>;
  readonly boards: Projection<BoardRow>;
  readonly links: Projection<LinkRow>;
  readonly crashes: Projection<CrashRow>;
  readonly admissions: typeof admissions;
  readonly diagnostics: Projection<TroubleRow>;
};
export const PROJECTIONS: Projections = { tasks, runs, boards, links, crashes, admissions, diagnostics };

/** Raise when the tables themselves change. */
const LAYOUT = 3;

/** Rises with every fold that is raised or added, so that each combination has a file of its own. */
export const foldNumber = (projections: Projections): number => Object.values(projections).reduce((sum, { fold }) => sum + fold, LAYOUT);

export const IN_MEMORY = ':memory:';

/** What queries ask; the statement is prepared once. */
export type Rows = { readonly all: (sql: string, ...args: readonly SqlValue[]) => readonly Row[] };

/** One open views file. Synchronous; throws what SQLite says. */
export type Views = Rows & {
  readonly path: string;
  readonly checkpoint: () => Checkpoint;
  /**
   * Folds the batch into the rows and moves the checkpoint, in one transaction that first reads the stored checkpoint again: others may have
   * moved it. `behind`: it lies before the batch, so something is missing and nothing was done; `known`: it lies at or after its end.
   */
  readonly apply: (batch: LogBatch) => 'applied' | 'behind' | 'known';
  /** Back to the start in one transaction, if the checkpoint still is the one given. */
  readonly empty: (seen: Checkpoint) => void;
  /** Another file took this one's place. */
  readonly replaced: () => boolean;
  readonly close: () => void;
};

// Losing the file costs only a rebuild, so commits are not flushed. Pages of 16 KiB: a batch of events changes fewer of them, a sixth less work (measured for 256
// claims), and a single event costs the same. No busy timeout once it is open: `viewsFile` waits without blocking the thread.
const PRAGMAS = ['page_size=16384', 'journal_mode=WAL', 'synchronous=NORMAL', 'wal_autocheckpoint=2000', 'cache_size=-32768', 'journal_size_limit=67108864'];
const OPENING_MS = 100;

const fileIdentity = (path: string): string => {
  if (path === IN_MEMORY) return '';
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.dev}:${stat.ino}`;
};

const inTransaction = <Answer>(database: Database, work: () => Answer): Answer => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const answer = work();
    database.exec('COMMIT');
    return answer;
  } catch (error) {
    rollBack(database);
    throw error;
  }
};

/** A full disk or a damaged file may have ended the transaction already. */
const rollBack = (database: Database): void => {
  try {
    database.exec('ROLLBACK');
  } catch {
    return;
  }
};

const versionOf = (database: Database): number => integer(database.prepare('PRAGMA user_version').get() ?? [], 0);

const build = (database: Database, projections: Projections): void => {
  const old = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  for (const row of old) database.exec(`DROP TABLE "${text(row, 0)}"`);
  for (const projection of Object.values(projections)) database.exec(tableSchema(projection));
  database.exec(
    'CREATE TABLE checkpoint(one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, stream TEXT, revision INTEGER, event_id TEXT) STRICT',
  );
  database.exec(`INSERT INTO checkpoint(one, position) VALUES (1, ${START})`);
  database.exec(`PRAGMA user_version = ${foldNumber(projections)}`);
};

const readCheckpoint = (statement: Statement): Checkpoint => {
  const [position, stream, revision, id] = statement.get() ?? [];
  if (typeof position !== 'number') throw new TypeError('the views have no checkpoint');
  const last = typeof stream === 'string' && typeof revision === 'number' && typeof id === 'string' ? { stream, revision: BigInt(revision), id } : null;
  return { position: BigInt(position), last };
};

/** Opens the file, or makes it, and builds the tables when they are of other folds or not all there. `afresh`: in any case. */
export const openViews = ({ path, projections, afresh = false }: { path: string; projections: Projections; afresh?: boolean }): Views => {
  const database = openDatabase({ path, pragmas: PRAGMAS, busyTimeoutMs: OPENING_MS });
  const current = foldNumber(projections);
  try {
    if (afresh || versionOf(database) !== current)
      inTransaction(database, () => (afresh || versionOf(database) !== current ? build(database, projections) : undefined));
    const views = viewsOf(database, path, projections);
    views.checkpoint();
    database.exec('PRAGMA busy_timeout=0');
    return views;
  } catch (error) {
    database.close();
    if (afresh || sqliteFault(error) !== undefined) throw error;
    return openViews({ path, projections, afresh: true });
  }
};

const viewsOf = (database: Database, path: string, projections: Projections): Views => {
  const identity = fileIdentity(path);
  const tables = [
    openTable(database, projections.tasks),
    openTable(database, projections.runs),
    openTable(database, projections.boards),
    openTable(database, projections.links),
    openTable(database, projections.crashes),
    openAdmissions(database),
    openTable(database, projections.diagnostics),
  ];
  const getCheckpoint = database.prepare('SELECT position, stream, revision, event_id FROM checkpoint');
  const setCheckpoint = database.prepare('UPDATE checkpoint SET position = ?, stream = ?, revision = ?, event_id = ?');
  const prepared = new Map<string, Statement>();
  const checkpoint = () => readCheckpoint(getCheckpoint);
  const keep = ({ position, last }: Checkpoint) =>
    setCheckpoint.run(Number(position), last?.stream ?? null, last === null ? null : Number(last.revision), last?.id ?? null);

  const fold = ({ events, position }: LogBatch, from: Checkpoint): void => {
    for (const table of tables) table.begin();
    for (const event of events) if (event.position > from.position) for (const table of tables) table.fold(event);
    for (const table of tables) table.write();
    const last = events.at(-1);
    keep({ position, last: last === undefined ? from.last : { stream: last.stream, revision: last.revision, id: last.id } });
  };

  return {
    path,
    checkpoint,
    apply: (batch) => {
      if (checkpoint().position >= batch.position) return 'known';
      return inTransaction(database, () => {
        const from = checkpoint();
        if (from.position >= batch.position) return 'known';
        if (from.position < batch.after) return 'behind';
        fold(batch, from);
        return 'applied';
      });
    },
    empty: (seen) =>
      inTransaction(database, () => {
        if (checkpoint().position !== seen.position) return;
        for (const { name } of Object.values(projections)) database.exec(`DELETE FROM ${name}`);
        keep({ position: START, last: null });
      }),
    all: (sql, ...args) => {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      return statement.all(...args);
    },
    replaced: () => fileIdentity(path) !== identity,
    close: () => database.close(),
  };
};
