import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Database, integer } from '../../platform/sqlite.ts';
import { beginImmediate } from '../../platform/sqliteLock.ts';
import { wakeups } from '../../platform/wakeups.ts';
import { StoreClosed, WrongExpectedRevision } from '../errors.ts';
import { prepareEvents } from '../newEvents.ts';
import type { Appended } from '../port.ts';
import { subscribeTo } from '../subscription.ts';
import type { VerifiableStore } from '../verifiable.ts';
import { appender, type PreparedAppend } from './appender.ts';
import { doorbell } from './doorbell.ts';
import { busy, storeFault, withStoreFaults } from './faults.ts';
import { groupCommit, type Transaction } from './groupCommit.ts';
import { names } from './names.ts';
import { openLog } from './openLog.ts';
import { type Reader, reader } from './reader.ts';
import { sameFile } from './sameFile.ts';
import type { Synchronous } from './schema.ts';
import { verifyLog } from './verifyLog.ts';

export type OpenSqliteEventStore = {
  /** The database file; beside it SQLite keeps `-wal` and `-shm`, and we a `-bell`. */
  readonly path: string;
  /** Make the log when there is none; default false. */
  readonly create?: boolean;
  /** FULL (default): an acknowledged append survives a power cut. NORMAL: it survives kill -9 only, and costs a seventh. */
  readonly synchronous?: Synchronous;
  /** How long an append waits for other processes; default 20 s. */
  readonly storeWaitMs?: number;
  readonly clock?: Clock;
  /** The type that statfs(2) gives for a folder; default: of this machine. */
  readonly fileSystemType?: (folder: string) => number;
};

/** The default store: one SQLite file that several processes of one machine may open. @throws StoreUnavailable, StoreUnreadable */
export const openSqliteEventStore = async ({
  path,
  create = false,
  synchronous = 'FULL',
  storeWaitMs = 20_000,
  clock = systemClock(),
  ...more
}: OpenSqliteEventStore): Promise<VerifiableStore> => {
  const { database, identity } = await openLog({ path, create, synchronous, waitMs: storeWaitMs, clock, ...more });
  let closing: Promise<void> | undefined;
  const file = sameFile(path);
  const [streams, types] = [names(database, 'streams'), names(database, 'types')];
  const log = reader(database, streams, types);
  const awake = wakeups();
  const moved = movedByOthers(database);
  const heard = () => {
    if (closing === undefined && (moved() || !file.holds())) awake.wake();
  };
  const bell = withStoreFaults(path, () => doorbell({ path: `${path}-bell`, clock, heard }));

  const read = <T>(work: () => T): T => {
    if (closing !== undefined) throw new StoreClosed();
    file.assert();
    return withStoreFaults(path, work);
  };
  const writes = appender(database, streams, types, log.headOf);
  const transaction: Transaction = {
    begin: async () => {
      file.assert();
      const began = await beginImmediate({ database, clock, waitMs: storeWaitMs }).catch((error: unknown) => Promise.reject(storeFault(error, path)));
      if (!began) throw busy(path);
      writes.begin(clock.now());
    },
    append: (append) => withStoreFaults(path, () => writes.append(append)),
    commit: (wrote) => {
      withStoreFaults(path, () => database.exec('COMMIT'));
      for (const table of [streams, types]) table.keep();
      if (!wrote) return;
      bell.ring();
      awake.wake();
    },
    rollback: () => {
      for (const table of [streams, types]) table.forget();
      rollback(database);
    },
    repeated: (append) => withStoreFaults(path, () => repeated(log, append)),
  };
  const queue = groupCommit(transaction);

  return {
    append: async (stream, events, expected) => {
      if (closing !== undefined) throw new StoreClosed();
      return queue.append({ stream, events: prepareEvents(stream, events), expected });
    },
    readStream: async (stream, options) => read(() => log.readStream(stream, options)),
    subscribe: (options) =>
      subscribeTo(
        { page: (after, prefixes) => read(() => log.page(after, prefixes)), wait: awake.wait, attend: bell.attend, closed: () => closing !== undefined },
        options,
      ),
    head: async () => read(log.head),
    identity: async () => read(() => identity),
    verify: (options) => verifyLog({ database, log, streams, types, read }, options),
    close: () => {
      closing ??= (async () => {
        awake.wake();
        await queue.idle();
        bell.close();
        database.close();
      })();
      return closing;
    },
  };
};

/** Commits of this connection do not count. */
const movedByOthers = (database: Database): (() => boolean) => {
  const version = database.prepare('PRAGMA data_version');
  const current = () => integer(version.get() ?? [], 0);
  let seen = current();
  return () => {
    const before = seen;
    seen = current();
    return seen !== before;
  };
};

/** After a full disk or an I/O error SQLite may have rolled back by itself. */
const rollback = (database: Database): void => {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Nothing was open.
  }
};

/** The same ids right after the expected revision: an earlier try was stored, so answer as it would have. */
const repeated = (log: Reader, { stream, events, expected }: PreparedAppend): Appended => {
  const head = log.headOf(stream);
  const low = expected === 'no_stream' ? 0 : Number(expected) + 1;
  const high = low + events.length - 1;
  const stored = head === undefined || head.revision < high ? [] : log.idsOf(head, low, high).toReversed();
  const last = stored.at(-1);
  const same = stored.length === events.length && events.every(({ id }, i) => stored[i]?.id === id.replaceAll('-', ''));
  if (!same || last === undefined) throw new WrongExpectedRevision(stream, expected, head === undefined ? 'no_stream' : BigInt(head.revision));
  return { revision: BigInt(high), position: BigInt(last.position), repeated: true };
};
