import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { StoreClosed, StoreUnavailable } from '../eventstore/errors.ts';
import type { Clock } from '../platform/clock.ts';
import { openDatabase, sqliteFault } from '../platform/sqlite.ts';
import { IN_MEMORY, openViews } from './views.ts';
import type { Projections, Views } from './views.ts';

export type ViewsFile = {
  /** Runs `work` on the open file: waits while it is busy, reopens it when it was replaced, mends it when it is damaged and then runs `work` again. */
  readonly use: <Answer>(work: (views: Views) => Answer, signal?: AbortSignal) => Promise<Answer>;
  readonly path: () => string;
  readonly close: () => void;
};
export type OpenViewsFile = {
  readonly path: string;
  readonly projections: Projections;
  readonly clock: Clock;
  /** Whether what a freshly opened file says was read from the log there is now; empties it when not. */
  readonly check: (views: Views) => Promise<void>;
};

/** Design §6: how long a writer waits. */
const BUSY_WAIT_MS = 20_000;
const BUSY_RETRY_MS = 2;
/** In place, then emptied; after that the rows are kept in memory, so that the user's command still gets its answer. */
const MENDS = [rebuildInPlace, rebuildEmptied] as const;

function rebuildInPlace(path: string, projections: Projections): void {
  openViews({ path, projections, afresh: true }).close();
}

/** What is not a database any more cannot be emptied by SQLite. Under a lock of its own, so that nobody empties what another just built. */
function rebuildEmptied(path: string, projections: Projections): void {
  const lock = openDatabase({ path: `${path}-mend` });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (sound(path, projections)) return;
    const file = openSync(path, 'r+');
    ftruncateSync(file);
    closeSync(file);
    rebuildInPlace(path, projections);
  } finally {
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
  const mend = () => {
    drop();
    const how = MENDS[mends];
    mends += 1;
    if (how === undefined) place = IN_MEMORY;
    else attempt(() => how(path, projections));
  };
  /** Returns when it is worth another try. */
  const recover = async (error: unknown, failed: Promise<Views>, { until, signal }: { readonly until: number; readonly signal: AbortSignal | undefined }) => {
    switch (sqliteFault(error)) {
      case undefined:
        throw error;
      case 'busy':
        if (clock.monotonic() > until || signal?.aborted === true) throw busy(path, error);
        return clock.sleep(BUSY_RETRY_MS, signal);
      case 'corrupt':
      case 'not_a_database':
        if (open === undefined || open === failed) mend();
        return;
      case 'cannot_open':
      case 'readonly':
      case 'full':
      case 'io':
        if (place === IN_MEMORY) throw error;
        drop();
        place = IN_MEMORY;
    }
  };

  return {
    use: async (work, signal) => {
      const until = clock.monotonic() + BUSY_WAIT_MS;
      for (;;) {
        const opened = current();
        try {
          return work(await opened);
        } catch (error) {
          await recover(error, opened, { until, signal });
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

const busy = (path: string, cause: unknown) =>
  new StoreUnavailable(`the views in ${path} are in use`, 'try again when the other process has finished', { cause });

/** What could not be mended this way shows when the file is used next. */
const attempt = (work: () => void): void => {
  try {
    work();
  } catch {
    return;
  }
};
