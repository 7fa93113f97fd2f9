import { type Database, integer } from '../../platform/sqlite.ts';
import { StoreUnreadable } from '../errors.ts';
import type { Names } from './names.ts';

/** The last event of a stream. */
export type Head = { readonly revision: number; readonly position: number };

export type Heads = {
  /** Position of the last event of the log, 0 when it is empty. @throws StoreUnreadable when the log is not what it was */
  readonly top: () => number;
  /** As of a position, else as of now. */
  readonly headOf: (stream: string, asOf?: bigint) => Head | undefined;
  /** Whether `headOf` answers as of this position without a look at where the log ends. */
  readonly knownAt: (asOf: bigint | undefined) => boolean;
  /** Learns what was appended by others, and answers as `top`; first in a write transaction. @throws as `top` */
  readonly catchUp: () => number;
  /** Of a stream by its id, as of the last look at the log; in a write transaction that is now. */
  readonly find: (stream: number) => Head | undefined;
  /** In a write transaction: an event was appended to this stream. */
  readonly move: (stream: number, head: Head) => void;
  /** Last in a write transaction that appended. */
  readonly store: () => void;
  /** The position that the table holds for. @throws StoreUnreadable when that is damaged */
  readonly storedAt: () => number;
  /** The transaction was rolled back. */
  readonly forget: () => void;
};

/**
 * The table may lag behind the log by this many events and one transaction. Whoever opens the log reads those events, in 1.5 ms. To write the heads
 * with each commit would cost a quarter of a group commit, since they lie on as many pages as it has streams.
 */
export const STORED_EVERY = 4096;

/** Heads kept in memory: 100 bytes each, and 2 µs to look up again when forgotten. */
const MAX_KNOWN = 262_144;

/**
 * Where each stream ends: a fold over the log. The table holds what it came to at the position `heads_at`, the rest is folded in memory, so that
 * an append dirties no page but that of its event.
 */
export const heads = (database: Database, streams: Names): Heads => {
  const highest = database.prepare('SELECT max(position) FROM events');
  // Three arrays of JSON: rows would take four times as long. SQLite promises no order for them.
  const appended = database.prepare(`SELECT json_group_array(position), json_group_array(stream_id), json_group_array(revision)
    FROM events WHERE position > ?`);
  const stored = database.prepare('SELECT revision, position FROM heads WHERE stream_id = ?');
  const table = headsTable(database);
  /** Of every stream that moved between `heads_at` and `at`, and of some others. */
  const known = new Map<number, Head>();
  let at: number | undefined;
  let ended = 0;

  const top = () => {
    const position = highest.get()?.[0];
    const last = typeof position === 'number' ? position : 0;
    ended = Math.max(ended, at ?? 0);
    if (last < ended) throw new StoreUnreadable(`the log ends at ${last}, and ended at ${ended}: it was put back while it was open`, 'start again');
    return (ended = last);
  };
  const learn = (after: number) => {
    const [positions = [], ids = [], revisions = []] = (appended.get(after) ?? []).map((column): readonly number[] => JSON.parse(String(column)));
    for (const [i, position] of positions.entries()) {
      const id = ids[i] ?? 0;
      if (position > (known.get(id)?.position ?? 0)) known.set(id, { revision: revisions[i] ?? 0, position });
    }
    return positions.reduce((last, position) => Math.max(last, position), after);
  };
  const catchUp = () => {
    const last = top();
    const few = known.size <= MAX_KNOWN;
    if (last === at && few) return last;
    if (at === undefined || !few || last - at > STORED_EVERY) {
      known.clear();
      at = undefined;
    }
    at = learn(at ?? storedAt());
    return last;
  };
  const storedAt = () => {
    const position = table.position();
    // The end is read after the table: the other way round, a table that others stored in between would seem to be ahead of the log.
    if (position > top()) throw new StoreUnreadable(`the log has heads of position ${position}, which it does not reach`, 'restore it from a backup');
    return position;
  };
  const knownAt = (asOf: bigint | undefined) => asOf !== undefined && at !== undefined && at >= asOf;
  const find = (stream: number) => {
    const found = known.get(stream);
    if (found !== undefined) return found;
    const row = stored.get(stream);
    if (row === undefined) return undefined;
    const head = { revision: integer(row, 0), position: integer(row, 1) };
    known.set(stream, head);
    return head;
  };
  return {
    top,
    headOf: (stream, asOf) => {
      const id = streams.idOf(stream);
      if (id === undefined) return undefined;
      if (!knownAt(asOf)) catchUp();
      return find(id);
    },
    knownAt,
    catchUp,
    find,
    move: (stream, head) => {
      known.set(stream, head);
      at = head.position;
    },
    store: () => {
      if (at !== undefined) table.storeAt(at);
    },
    storedAt: table.position,
    forget: () => {
      at = undefined;
    },
  };
};

/** The stored part of the fold. */
const headsTable = (database: Database) => {
  const storedAt = database.prepare("SELECT value FROM meta WHERE key = 'heads_at'");
  const fold = database.prepare(`INSERT INTO heads(stream_id, revision, position)
    SELECT stream_id, max(revision), max(position) FROM events WHERE position > ? GROUP BY stream_id
    ON CONFLICT DO UPDATE SET revision = excluded.revision, position = excluded.position`);
  const setStoredAt = database.prepare("UPDATE meta SET value = ? WHERE key = 'heads_at'");
  let seen = 0;
  const position = () => {
    const [said] = storedAt.get() ?? [];
    if (typeof said !== 'string' || !/^\d+$/.test(said))
      throw new StoreUnreadable('the log does not say where its heads were stored', 'restore it from a backup');
    return (seen = Number(said));
  };
  return {
    position,
    storeAt: (at: number) => {
      // Another process may have stored since.
      if (at - seen < STORED_EVERY || at - position() < STORED_EVERY) return;
      fold.run(seen);
      setStoredAt.run(String(at));
      seen = at;
    },
  };
};
