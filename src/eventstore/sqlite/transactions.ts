import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/sqlite.ts';
import { writeLock } from '../../platform/sqliteLock.ts';
import { WrongExpectedRevision } from '../errors.ts';
import type { Appended } from '../port.ts';
import { appender, type PreparedAppend } from './appender.ts';
import type { Durable } from './durable.ts';
import { busy, storeFault, withStoreFaults } from './faults.ts';
import type { Transaction } from './groupCommit.ts';
import type { Heads } from './heads.ts';
import type { Names } from './names.ts';
import type { SameFile } from './sameFile.ts';
import { reads } from './reads.ts';
import type { StreamReader } from './streamReader.ts';

export type Transactions = {
  readonly database: Database;
  readonly path: string;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly file: SameFile;
  readonly durable: Durable;
  readonly streams: Names;
  readonly types: Names;
  readonly ends: Heads;
  readonly reader: StreamReader;
  /** Called after each commit that wrote something, when it is durable; `last`: position of the last event of it. */
  readonly committed: (last: number) => void;
};

/** How the group commit writes to this log. */
export const transactions = (parts: Transactions): Transaction => {
  const { database, path, clock, waitMs, file, durable, streams, types, ends, committed } = parts;
  const writes = appender(database, streams, types, ends);
  const lock = writeLock({ database, clock, waitMs });
  const end = database.prepare('COMMIT');
  const { atOnce } = reads(database);
  const undo = () => {
    for (const table of [streams, types, ends]) table.forget();
    rollback(database);
  };
  return {
    begin: async () => {
      file.assert();
      durable.assert();
      const began = await lock().catch((error: unknown) => Promise.reject(storeFault(error, path)));
      if (!began) throw busy(path);
      try {
        withStoreFaults(path, () => writes.begin(clock.now()));
      } catch (error) {
        // Otherwise this process would hold the lock for as long as it lives, and read an old state.
        undo();
        throw error;
      }
    },
    append: (append) => withStoreFaults(path, () => writes.append(append)),
    commit: (last) => {
      withStoreFaults(path, () => {
        if (last !== undefined) ends.store();
        end.get();
      });
      for (const table of [streams, types]) table.keep();
      if (last === undefined) return;
      // Outside of the transaction, so that others write meanwhile: within it, each would wait for the flushes of all before it.
      durable.all(Number(last));
      committed(Number(last));
    },
    rollback: undo,
    repeated: (append) => {
      const answer = withStoreFaults(path, () => atOnce(() => repeated(parts, append)));
      durable.upTo(Number(answer.position));
      return answer;
    },
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
const repeated = ({ ends, reader }: Transactions, { stream, events, expected }: PreparedAppend): Appended => {
  const head = ends.headOf(stream);
  const low = expected === 'no_stream' ? 0 : Number(expected) + 1;
  const high = low + events.length - 1;
  const stored = head === undefined || head.revision < high ? [] : reader.idsOf(head, low, high).toReversed();
  const last = stored.at(-1);
  const same = stored.length === events.length && events.every(({ id }, i) => stored[i]?.id === id.replaceAll('-', ''));
  if (!same || last === undefined) throw new WrongExpectedRevision(stream, expected, head === undefined ? 'no_stream' : BigInt(head.revision));
  return { revision: BigInt(high), position: BigInt(last.position), repeated: true };
};
