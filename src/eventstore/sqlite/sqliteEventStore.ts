import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Database, integer } from '../../platform/sqlite.ts';
import { wakeups } from '../../platform/wakeups.ts';
import { StoreClosed, StoreUnavailable } from '../errors.ts';
import { prepareEvents } from '../newEvents.ts';
import { START } from '../port.ts';
import { subscribeTo } from '../subscription.ts';
import type { VerifiableStore } from '../verifiable.ts';
import { decoder } from './decode.ts';
import { type Doorbell, doorbell, type OpenDoorbell } from './doorbell.ts';
import { withStoreFaults } from './faults.ts';
import { groupCommit } from './groupCommit.ts';
import { heads } from './heads.ts';
import { logPages } from './logPages.ts';
import { names } from './names.ts';
import { openLog } from './openLog.ts';
import { sameFile } from './sameFile.ts';
import type { Synchronous } from './schema.ts';
import { streamReader } from './streamReader.ts';
import { transactions } from './transactions.ts';
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
  const file = sameFile(path, clock);
  const [streams, types] = [names(database, 'streams'), names(database, 'types')];
  const ends = heads(database, streams);
  const decode = decoder(streams, types);
  const reader = streamReader(database, ends.headOf, decode);
  const { page } = logPages(database, ends.top, streams, decode);
  const awake = wakeups();
  const moved = movedByOthers(database);
  const heard = () => {
    if (closing === undefined && (moved() || !file.holds())) awake.wake();
  };
  const bell = openBell({ path: `${path}-bell`, clock, heard }, database);

  const read = <T>(work: () => T): T => {
    if (closing !== undefined) throw new StoreClosed();
    file.assertLately();
    return withStoreFaults(path, work);
  };
  const committed = () => {
    bell.ring();
    awake.wake();
  };
  const queue = groupCommit(transactions({ database, path, clock, waitMs: storeWaitMs, file, streams, types, ends, reader, committed }));

  return {
    append: async (stream, events, expected) => {
      if (closing !== undefined) throw new StoreClosed();
      return queue.append({ stream, events: prepareEvents(stream, events), expected });
    },
    readStream: async (stream, options) => read(() => reader.readStream(stream, options)),
    subscribe: (options) =>
      subscribeTo(
        { page: (after, prefixes) => read(() => page(after, prefixes)), wait: awake.wait, attend: bell.attend, closed: () => closing !== undefined },
        options,
      ),
    head: async () => {
      const position = read(ends.top);
      return position === 0 ? START : BigInt(position);
    },
    identity: async () => read(() => identity),
    verify: (options) => verifyLog({ database, heads: ends, streams, types, read }, options),
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

const openBell = (options: OpenDoorbell, database: Database): Doorbell => {
  try {
    return doorbell(options);
  } catch (error) {
    database.close();
    throw new StoreUnavailable(`${options.path} cannot be written`, 'check the permissions of the folder', { cause: error });
  }
};

/** Commits of this connection do not count. What cannot be read counts as moved: whoever reads next is told why. */
const movedByOthers = (database: Database): (() => boolean) => {
  const version = database.prepare('PRAGMA data_version');
  let seen: number | undefined;
  return () => {
    const before = seen;
    try {
      seen = integer(version.get() ?? [], 0);
    } catch {
      seen = undefined;
    }
    return seen === undefined || seen !== before;
  };
};
