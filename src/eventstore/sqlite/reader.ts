import { type Database, integer, type Row, sqliteFault, text } from '../../platform/sqlite.ts';
import { CorruptEvent } from '../errors.ts';
import { type ReadStream, type RecordedEvent, START } from '../port.ts';
import type { LogPage } from '../subscription.ts';
import { BETWEEN, checksum, LINE, type Line, parseLine, parsePack, uuidOf } from './line.ts';
import type { Names } from './names.ts';

/** Measured: larger pages outlive the young generation of the heap, and collecting them costs a third of a replay. */
const PAGE_EVENTS = 1024;
const PAGE_BYTES = 16 * 1024 * 1024;
/** So many events cannot exceed PAGE_BYTES, whatever their size. */
const SURELY_SMALL = 32;

export type Head = { readonly revision: number; readonly position: number };

export type Reader = {
  readonly head: () => bigint;
  readonly headOf: (stream: string) => Head | undefined;
  readonly page: (after: bigint, prefixes: readonly string[] | undefined) => LogPage | undefined;
  readonly readStream: (stream: string, options: ReadStream | undefined) => readonly RecordedEvent[];
  /** Position, revision and id (hex) of the events of one stream from `high` down to `low`. */
  readonly idsOf: (head: Head, low: number, high: number) => readonly { readonly position: number; readonly id: string }[];
};

/** The last `?3` links of the chain that ends at `?1`, down to revision `?2`. */
const CHAIN = `WITH RECURSIVE chain(at) AS (SELECT ?1 UNION ALL
  SELECT prev FROM chain CROSS JOIN events ON position = at WHERE revision > ?2 LIMIT ?3)`;

export const reader = (database: Database, streams: Names, types: Names): Reader => {
  const top = database.prepare('SELECT max(position) FROM events');
  const headRow = database.prepare('SELECT revision, pos FROM heads WHERE id = ?');
  const bytes = database.prepare('SELECT sum(octet_length(payload) + octet_length(metadata)) FROM events WHERE position > ? AND position <= ?');
  const one = database.prepare(`SELECT ${LINE}, crc FROM events WHERE position = ?`);
  const pack = database.prepare(`SELECT count(*), group_concat(line, '${BETWEEN}'), group_concat(crc) FROM
    (SELECT ${LINE} AS line, crc FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ${PAGE_EVENTS})`);
  const chain = database.prepare(`${CHAIN} SELECT ${LINE}, crc FROM chain CROSS JOIN events ON position = at WHERE revision <= ?4`);
  const ids = database.prepare(`${CHAIN} SELECT position, lower(hex(event_id)) FROM chain CROSS JOIN events ON position = at WHERE revision <= ?4`);

  const topPosition = () => {
    const value = top.get()?.[0];
    return typeof value === 'number' ? value : 0;
  };
  const headOf = (stream: string) => {
    const id = streams.idOf(stream);
    const row = id === undefined ? undefined : headRow.get(id);
    return row && { revision: integer(row, 0), position: integer(row, 1) };
  };
  const eventOf = ([position, stream, revision, , type, , id, data, metadata]: Line, name = streams.nameOf(stream)): RecordedEvent => {
    const typeName = types.nameOf(type);
    if (name === undefined || typeName === undefined) throw new CorruptEvent(BigInt(position), 'its stream or type has no name');
    return { id: uuidOf(id), type: typeName, data, metadata, stream: name, revision: BigInt(revision), position: BigInt(position) };
  };

  /** The last position of a page that begins after `after`. */
  const pageEnd = (after: number, last: number) => {
    let end = Math.min(after + PAGE_EVENTS, last);
    while (end - after > SURELY_SMALL) {
      const size = Number(bytes.get(after, end)?.[0] ?? 0);
      if (size <= PAGE_BYTES) break;
      end = after + Math.max(SURELY_SMALL, Math.floor(((end - after) * PAGE_BYTES) / size / 2));
    }
    return end;
  };
  const lineAt = (position: number): Line => {
    const row = readable(position, () => one.get(position));
    if (row === undefined) throw new CorruptEvent(BigInt(position), 'it is missing');
    return sound(position, row);
  };
  /** All lines up to the first damaged one; that one is named when it comes first. */
  const soundLines = (after: number, end: number): readonly Line[] => {
    const lines = unpacked(() => pack.get(after, end), after, end);
    if (lines !== undefined) return lines;
    const found: Line[] = [];
    for (let position = after + 1; position <= end; position += 1) {
      try {
        found.push(lineAt(position));
      } catch (error) {
        if (found.length === 0) throw error;
        return found;
      }
    }
    return found;
  };

  return {
    headOf,
    head: () => {
      const position = topPosition();
      return position === 0 ? START : BigInt(position);
    },
    page: (afterPosition, prefixes) => {
      const after = Math.max(0, Number(afterPosition));
      const last = topPosition();
      if (last <= after) return undefined;
      const lines = soundLines(after, pageEnd(after, last));
      const reached = lines.at(-1)?.[0] ?? after;
      const events: RecordedEvent[] = [];
      for (const line of lines) {
        const name = streams.nameOf(line[1]);
        if (matches(name, prefixes)) events.push(eventOf(line, name));
      }
      return { events, position: BigInt(reached), more: reached < last };
    },
    readStream: (stream, options) => {
      const head = headOf(stream);
      const range = head && rangeOf(head.revision, options);
      if (head === undefined || range === undefined) return [];
      const { low, high } = range;
      const rows = low === head.revision ? [one.get(head.position)] : chain.all(head.position, low, head.revision - low + 1, high);
      if (rows.length !== high - low + 1) throw new CorruptEvent(BigInt(head.position), `the chain of ${stream} is broken`);
      const events = rows.map((row, i) => {
        if (row === undefined) throw new CorruptEvent(BigInt(head.position), 'it is missing');
        const line = sound(undefined, row);
        if (line[2] !== high - i) throw new CorruptEvent(BigInt(line[0]), `it has revision ${line[2]} in place of ${high - i}`);
        const event = eventOf(line);
        if (event.stream !== stream) throw new CorruptEvent(event.position, `it is of stream ${event.stream}, not ${stream}`);
        return event;
      });
      return options?.direction === 'backwards' ? events : events.toReversed();
    },
    idsOf: (head, low, high) => ids.all(head.position, low, head.revision - low + 1, high).map((row) => ({ position: integer(row, 0), id: text(row, 1) })),
  };
};

const matches = (name: string | undefined, prefixes: readonly string[] | undefined): boolean =>
  name === undefined || prefixes === undefined || prefixes.some((prefix) => name.startsWith(prefix));

const rangeOf = (head: number, { from, direction = 'forwards', limit }: ReadStream = {}): { readonly low: number; readonly high: number } | undefined => {
  const forwards = direction === 'forwards';
  const first = from === undefined ? (forwards ? 0 : head) : Number(from);
  const low = forwards ? first : Math.max(0, limit === undefined ? 0 : Math.min(first, head) - limit + 1);
  const high = forwards ? Math.min(head, limit === undefined ? head : first + limit - 1) : Math.min(first, head);
  return low <= high ? { low, high } : undefined;
};

/** Undefined: something in the pack is damaged; read it line by line to say what. */
const unpacked = (read: () => Row | undefined, after: number, end: number): readonly Line[] | undefined => {
  try {
    const [count, packed, sums] = read() ?? [];
    if (count !== end - after || typeof packed !== 'string' || typeof sums !== 'string') return undefined;
    const texts = packed.split(BETWEEN);
    const expected: readonly number[] = JSON.parse(`[${sums}]`);
    if (texts.length !== count || texts.some((line, i) => checksum(line) !== expected[i])) return undefined;
    const lines = parsePack(packed);
    return lines.every((line, i) => line[0] === after + 1 + i) ? lines : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || sqliteFault(error) === 'corrupt') return undefined;
    throw error;
  }
};

/** @throws CorruptEvent when the row does not match its checksum. */
export const sound = (position: number | undefined, row: Row): Line => {
  const [line, crc] = row;
  if (typeof line !== 'string') throw new CorruptEvent(BigInt(position ?? 0), 'a column of it is empty');
  const named = position ?? Number.parseInt(line, 10);
  if (checksum(line) !== crc) throw new CorruptEvent(BigInt(named), 'it does not match its checksum');
  return parseLine(line);
};

/** @throws CorruptEvent when SQLite cannot read the page where it lies. */
export const readable = <T>(position: number, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (sqliteFault(error) !== 'corrupt') throw error;
    throw new CorruptEvent(BigInt(position), 'the file is damaged where it lies', { cause: error });
  }
};
