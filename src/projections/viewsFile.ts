import { truncateSync } from 'node:fs';
import { StoreClosed } from '../eventstore/errors.ts';
import type { Clock } from '../platform/clock.ts';
import { collectClosed, openDatabase, sqliteFault } from '../platform/sqlite.ts';
import type { SqliteFault } from '../platform/sqlite.ts';
import { IN_MEMORY, openViews } from './views.ts';
import type { Projections, Views } from './views.ts';

type ViewsFile = {
  /**
   * Runs `work` on the open file: waits while it is busy, reopens it when it was replaced, mends it when it is damaged, and then runs `work`
   * again. What cannot be used in time is left alone, and the rows are kept in memory from then on.
   */
  readonly use: <Answer>(work: (views: Views) => Answer) => Promise<Answer>;
  readonly path: () => string;
  readonly close: () => void;
};
type OpenViewsFile = {
  readonly path: string;
  readonly projections: Projections;
  readonly clock: Clock;
  /** Whether what a freshly opened file says was read from the log there is now; empties it when not. */
  readonly check: (views: Views) => Promise<void>;
};

/** A batch is written in well under a second; whoever holds the file longer is stopped or not one of ours. */
const BUSY_WAIT_MS = 10_000;
const BUSY_RETRY_MS = 2;
/** Each try to open leaves a connection behind until it is collected. */
const OPEN_RETRY_MS = 200;
/** Tried one after the other. When neither helped, the rows are kept in memory, so that the user's command still gets its answer. */
const MENDS = [rebuildInPlace, rebuildEmptied] as const;

// A connection that is closed but not gone would keep its locks and stand in the way: hence collectClosed.
async function rebuildInPlace(path: string, projections: Projections): Promise<void> {
  await collectClosed();
  openViews({ path, projections, afresh: true }).close();
}

/** What is not a database any more cannot be emptied by SQLite. Under a lock of its own, so that nobody empties what another just built. */
async function rebuildEmptied(path: string, projections: Projections): Promise<void> {
  const lock = openDatabase({ path: `${path}-mend` });
  lock.exec('BEGIN EXCLUSIVE');
  try {
    if (sound(path, projections)) return;
    await collectClosed();
    truncateSync(path);
    openViews({ path, projections, afresh: true }).close();
  } finally {
    lock.exec('ROLLBACK');
    lock.close();
  }
}

const sound = (path: string, projections: Projections): boolean => {
  try {
    const views = openViews({ path, projections });
    try {
      return views.all('PRAGMA integrity_check')[0]?.[0] === 'ok';
    } finally {
      views.close();
    }
  } catch {
    return false;
  }
};

export const viewsFile = ({ path, projections, clock, check }: OpenViewsFile): ViewsFile => {
  let place = path;
  let mends = 0;
  let open: Promise<Views> | undefined;
  let views: Views | undefined;
  let closed = false;

  const drop = () => {
    views?.close();
    views = undefined;
    open = undefined;
  };
  const fresh = async (): Promise<Views> => {
    try {
      views = openViews({ path: place, projections });
      await check(views);
      return views;
    } catch (error) {
      drop();
      throw error;
    }
  };
  const current = (): Promise<Views> => {
    if (closed) throw new StoreClosed();
    if (views?.replaced() === true) drop();
    open ??= fresh();
    return open;
  };
  const keepInMemory = () => {
    drop();
    place = IN_MEMORY;
  };
  const mend = () => {
    drop();
    const how = MENDS[mends];
    mends += 1;
    if (how === undefined) place = IN_MEMORY;
    else open = how(path, projections).catch(triedToMend).then(fresh);
  };
  /** Returns when it is worth another try. */
  const recover = async (error: unknown, failed: Promise<Views>, until: number): Promise<void> => {
    const fault = faultOf(error);
    if (fault === undefined || place === IN_MEMORY) throw error;
    switch (fault) {
      case 'busy':
        if (clock.monotonic() > until) return keepInMemory();
        return clock.sleep(views === undefined ? OPEN_RETRY_MS : BUSY_RETRY_MS);
      case 'corrupt':
      case 'not_a_database':
        if (open === undefined || open === failed) mend();
        return;
      case 'cannot_open':
      case 'readonly':
      case 'full':
      case 'io':
        return keepInMemory();
    }
  };

  return {
    use: async (work) => {
      const until = clock.monotonic() + BUSY_WAIT_MS;
      for (;;) {
        const opened = current();
        try {
          return work(await opened);
        } catch (error) {
          await recover(error, opened, until);
        }
      }
    },
    path: () => place,
    close: () => {
      closed = true;
      drop();
    },
  };
};

/** A row that does not parse was not written by us. */
const faultOf = (error: unknown): SqliteFault | undefined => sqliteFault(error) ?? (error instanceof SyntaxError ? 'corrupt' : undefined);

/** A mend that failed shows when the file is used next. */
const triedToMend = (): void => undefined;
