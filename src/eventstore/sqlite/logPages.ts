import { type Database, type Row, sqliteFault } from '../../platform/sqlite.ts';
import { CorruptEvent } from '../errors.ts';
import type { RecordedEvent } from '../port.ts';
import type { LogPage } from '../subscription.ts';
import type { Decode } from './decode.ts';
import { BETWEEN, checksum, LINE, type Line, parsePack } from './line.ts';
import type { Names } from './names.ts';
import { readable, sound } from './soundLine.ts';

/** Measured: larger pages outlive the young generation of the heap, and collecting them costs a third of a replay. */
const PAGE_EVENTS = 256;
const PAGE_BYTES = 16 * 1024 * 1024;
/** So many events cannot exceed PAGE_BYTES, whatever their size. */
const SURELY_SMALL = 32;

export type LogPages = { readonly page: (after: bigint, prefixes: readonly string[] | undefined) => LogPage | undefined };

export const logPages = (database: Database, top: () => number, streams: Names, decode: Decode): LogPages => {
  const endOf = pageEnds(database);
  const linesOf = soundLines(database);
  return {
    page: (afterPosition, prefixes) => {
      const after = Math.max(0, Number(afterPosition));
      const last = top();
      if (last <= after) return undefined;
      const lines = linesOf(after, endOf(after, last));
      const reached = lines.at(-1)?.[0] ?? after;
      const events: RecordedEvent[] = [];
      for (const line of lines) if (matches(streams.nameOf(line[1]), prefixes)) events.push(decode(line));
      return { events, position: BigInt(reached), more: reached < last };
    },
  };
};

/** The last position of a page that begins after `after`. */
const pageEnds = (database: Database): ((after: number, last: number) => number) => {
  const bytes = database.prepare('SELECT sum(octet_length(payload) + octet_length(metadata)) FROM events WHERE position > ? AND position <= ?');
  return (after, last) => {
    let end = Math.min(after + PAGE_EVENTS, last);
    while (end - after > SURELY_SMALL) {
      const size = Number(bytes.get(after, end)?.[0] ?? 0);
      if (size <= PAGE_BYTES) break;
      end = after + Math.max(SURELY_SMALL, Math.floor(((end - after) * PAGE_BYTES) / size / 2));
    }
    return end;
  };
};

/** All lines of a page up to the first damaged one; that one is named when it comes first. */
const soundLines = (database: Database): ((after: number, end: number) => readonly Line[]) => {
  // One string for many events, parsed at once: rows would cost a third more.
  const pack = database.prepare(`SELECT count(*), group_concat(line, '${BETWEEN}'), group_concat(crc) FROM
    (SELECT ${LINE} AS line, crc FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ${PAGE_EVENTS})`);
  const one = database.prepare(`SELECT ${LINE}, crc FROM events WHERE position = ?`);
  const lineAt = (position: number): Line => {
    const row = readable(position, () => one.get(position));
    if (row === undefined) throw new CorruptEvent(BigInt(position), 'it is missing');
    return sound(position, row);
  };
  return (after, end) => {
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
};

const matches = (name: string | undefined, prefixes: readonly string[] | undefined): boolean =>
  name === undefined || prefixes === undefined || prefixes.some((prefix) => name.startsWith(prefix));

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
