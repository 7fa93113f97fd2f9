import { existsSync, fdatasyncSync } from 'node:fs';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Database, integer } from '../../platform/sqlite.ts';
import { type Wakeups, wakeups } from '../../platform/wakeups.ts';
import { StoreClosed } from '../errors.ts';
import { prepareEvents } from '../newEvents.ts';
import { START } from '../port.ts';
import { type PagedLog, subscribeTo } from '../subscription.ts';
import type { VerifiableStore } from '../verifiable.ts';
import { decoder } from './decode.ts';
import { type Doorbell, doorbell } from './doorbell.ts';
import { type Flush, flushed, NOT_FLUSHED } from './durable.ts';
import { type ReadBarrier, readBarrier } from './readBarrier.ts';
import { needsFiles, openFault, storeFault, withStoreFaults } from './faults.ts';
import { groupCommit } from './groupCommit.ts';
import { heads } from './heads.ts';
import { logPages } from './logPages.ts';
import { names } from './names.ts';
import { type Log, openAtRest, openLog } from './openLog.ts';
import { fileAtRest, journalOf, sameFile, walOf } from './sameFile.ts';
import { reads } from './reads.ts';
import { streamReader } from './streamReader.ts';
import { type Transactions, transactions } from './transactions.ts';
import { verifyLog } from './verifyLog.ts';

export type OpenSqliteEventStore = {
  /** The database file; beside it SQLite keeps `-wal` and `-shm`, and we a `-bell`. */
  readonly path: string;
  /** Make the log when there is none; default false. */
  readonly create?: boolean;
  /** FULL (default): an acknowledged append survives a power cut, and so does what readers were told of. NORMAL: it survives kill -9 only, and costs a seventh. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** How long an append waits for other processes; default 20 s. */
  readonly storeWaitMs?: number;
  readonly clock?: Clock;
  /** The type that statfs(2) gives for a folder; default: of this machine. */
  readonly fileSystemType?: (folder: string) => number;
  /** How the write-ahead log gets to the disk; default fdatasync(2). */
  readonly flush?: Flush;
};

/** The default store: one SQLite file that several processes of one machine may open. @throws StoreUnavailable, StoreUnreadable */
export const openSqliteEventStore = async ({
  path,
  create = false,
  synchronous = 'FULL',
  storeWaitMs: waitMs = 20_000,
  clock = systemClock(),
  flush = fdatasyncSync,
  ...more
}: OpenSqliteEventStore): Promise<VerifiableStore> => {
  const log = await openLog({ path, create, waitMs, clock, ...more }).then(
    (opened) => ({ ...opened, file: sameFile(path, clock), flush: synchronous === 'FULL' ? flush : undefined }),
    (error: unknown) => readAtRest(error, path),
  );
  try {
    return storeOn({ ...log, path, clock, waitMs });
  } catch (error) {
    log.database.close();
    throw openFault(storeFault(error, path), path);
  }
};

/** What could not be opened to be written may still be read, if nobody writes it. @throws what stands in the way of that */
const readAtRest = (error: unknown, path: string): Omit<Opened, 'path' | 'clock' | 'waitMs'> => {
  if (!needsFiles(error, path) || existsSync(walOf(path)) || existsSync(journalOf(path))) throw openFault(error, path);
  const file = fileAtRest(path);
  return withStoreFaults(path, () => ({ ...openAtRest(path), file, flush: undefined }));
};

/** `flush` undefined: nobody asks for it, or nobody writes. */
type Opened = Log & Pick<Transactions, 'path' | 'clock' | 'waitMs' | 'file'> & { readonly flush: Flush | undefined };

const storeOn = (opened: Opened): VerifiableStore => {
  const { database, identity, path, clock, file, flush } = opened;
  let closing: Promise<void> | undefined;
  const closed = () => closing !== undefined;
  const { awake, bell } = tailOf(opened, closed, () => barrier.withheld());
  const durable = flush === undefined ? NOT_FLUSHED : flushed({ path, flush, told: bell.told });
  const barrier = readBarrier({ durable, told: bell.told, clock });
  const { page, top, ...log } = readersOf(database, barrier);
  // It may have been made just now, here or by another process, and its identity is told before it has an event.
  if (log.ends.top() === 0) durable.all(0);

  const { atOnce, bare } = reads(database);
  const guarded = <T>(work: () => T): T => {
    if (closed()) throw new StoreClosed();
    file.assertLately();
    return barrier.around(() => withStoreFaults(path, work));
  };
  const read = <T>(work: () => T): T => guarded(() => atOnce(work));
  const committed = (last: number) => {
    bell.ring(flush === undefined ? 0 : last);
    awake.wake();
  };
  const queue = groupCommit(transactions({ ...opened, ...log, durable, committed }));
  const paged: PagedLog = { page: (after, prefixes) => read(() => page(after, prefixes)), wait: awake.wait, attend: bell.attend, closed };
  const end = async () => {
    awake.wake();
    await queue.idle();
    bell.close();
    durable.close();
    database.close();
  };

  return {
    append: async (stream, events, expected) => {
      if (closed()) throw new StoreClosed();
      return queue.append({ stream, events: prepareEvents(stream, events), expected });
    },
    readStream: async (stream, options) => {
      const work = () => log.reader.readStream(stream, options);
      return log.ends.knownAt(options?.as_of) ? guarded(() => bare(work)) : read(work);
    },
    subscribe: (options) => subscribeTo(paged, options),
    head: async () => {
      const position = guarded(() => bare(top));
      if (barrier.withheld()) awake.wake();
      return position === 0 ? START : BigInt(position);
    },
    identity: async () => read(() => identity),
    verify: (options) => verifyLog({ database, heads: log.ends, streams: log.streams, types: log.types, read }, options),
    close: () => (closing ??= end()),
  };
};

/** `top`: where the log ends, as far as readers may be told. */
type Readers = Pick<Transactions, 'streams' | 'types' | 'ends' | 'reader'> & Pick<PagedLog, 'page'> & { readonly top: () => number };

const readersOf = (database: Database, { found, followed }: ReadBarrier): Readers => {
  const [streams, types] = [names(database, 'streams'), names(database, 'types')];
  const ends = heads(database, streams);
  const decode = decoder(streams, types);
  const reader = streamReader(database, ends.headOf, decode, found);
  const top = () => {
    const position = ends.top();
    found(position);
    return position;
  };
  const told = () => {
    const position = followed(ends.top());
    found(position);
    return position;
  };
  const pages = logPages(database, told, streams, decode);
  const page: PagedLog['page'] = (after, prefixes) => {
    const events = pages.page(after, prefixes);
    // A page may come from where the log was known to end before: what could not be flushed then must not be told of now either.
    if (events !== undefined) found(Number(events.position));
    return events;
  };
  return { streams, types, ends, reader, top, page };
};

/** Who waits for the end of the log to move, here and in other processes. */
const tailOf = (
  { database, path, clock, file }: Opened,
  closed: () => boolean,
  withheld: () => boolean,
): { readonly awake: Wakeups; readonly bell: Doorbell } => {
  const awake = wakeups();
  const moved = movedByOthers(database);
  const heard = () => {
    if (!closed() && (moved() || withheld() || !file.holds())) awake.wake();
  };
  return { awake, bell: doorbell({ path: `${path}-bell`, clock, heard }) };
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
