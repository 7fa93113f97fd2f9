import { type Database, integer, text } from '../../platform/sqlite.ts';
import { CorruptEvent } from '../errors.ts';
import type { ReadStream, RecordedEvent } from '../port.ts';
import type { Decode } from './decode.ts';
import type { Head, Heads } from './heads.ts';
import { LINE } from './line.ts';
import { sound } from './soundLine.ts';

export type StreamReader = {
  readonly readStream: (stream: string, options: ReadStream | undefined) => readonly RecordedEvent[];
  /** Position and id (hex) of the events of one stream from revision `high` down to `low`. */
  readonly idsOf: (head: Head, low: number, high: number) => readonly { readonly position: number; readonly id: string }[];
};

/** The last `?3` links of the chain that ends at `?1`, down to revision `?2`, without the `?4` newest: no index is needed to read a stream from its head. */
const CHAIN = `WITH RECURSIVE chain(at) AS (SELECT ?1 UNION ALL
  SELECT prev FROM chain CROSS JOIN events ON position = at WHERE revision > ?2 LIMIT ?3)`;

export const streamReader = (database: Database, headOf: Heads['headOf'], decode: Decode, found: (position: number) => void): StreamReader => {
  const one = database.prepare(`SELECT ${LINE}, crc FROM events WHERE position = ?`);
  const chain = database.prepare(`${CHAIN} SELECT ${LINE}, crc FROM chain CROSS JOIN events ON position = at LIMIT -1 OFFSET ?4`);
  const ids = database.prepare(`${CHAIN} SELECT position, lower(hex(event_id)) FROM chain CROSS JOIN events ON position = at LIMIT -1 OFFSET ?4`);

  /** From `high` down to `low`. Most reads ask for what was appended last. */
  const rows = (head: Head, low: number, high: number) => {
    if (low < head.revision) return chain.all(head.position, low, head.revision - low + 1, head.revision - high);
    const row = one.get(head.position);
    return row === undefined ? [] : [row];
  };

  return {
    readStream: (stream, options) => {
      const head = headOf(stream, options?.as_of);
      const range = head && rangeOf(head.revision, options);
      if (head === undefined || range === undefined) return [];
      const { low, high } = range;
      const stored = rows(head, low, high);
      const events = stored.map((row, i) => {
        const event = decode(sound(undefined, row));
        if (event.stream !== stream) throw new CorruptEvent(event.position, `it is of stream ${event.stream}, not ${stream}`);
        if (event.revision !== BigInt(high - i)) throw new CorruptEvent(event.position, `it has revision ${event.revision} in place of ${high - i}`);
        return event;
      });
      if (stored.length !== high - low + 1)
        throw new CorruptEvent(events.at(-1)?.position ?? BigInt(head.position), `the chain of ${stream} is broken before it`);
      found(Number(events[0]?.position ?? 0n));
      return options?.direction === 'backwards' ? events : events.toReversed();
    },
    idsOf: (head, low, high) =>
      ids.all(head.position, low, head.revision - low + 1, head.revision - high).map((row) => ({ position: integer(row, 0), id: text(row, 1) })),
  };
};

const rangeOf = (head: number, { from, direction = 'forwards', limit }: ReadStream = {}): { readonly low: number; readonly high: number } | undefined => {
  const forwards = direction === 'forwards';
  const first = from === undefined ? (forwards ? 0 : head) : Number(from);
  const low = forwards ? first : Math.max(0, limit === undefined ? 0 : Math.min(first, head) - limit + 1);
  const high = forwards ? Math.min(head, limit === undefined ? head : first + limit - 1) : Math.min(first, head);
  return low <= high ? { low, high } : undefined;
};
