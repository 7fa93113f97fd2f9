import { type Database, integer, type Row, sqliteFault } from '../../platform/sqlite.ts';
import { CorruptEvent } from '../errors.ts';
import type { RecordedEvent } from '../port.ts';
import type { LogPage } from '../subscription.ts';
import type { Decode } from './decode.ts';
import { areSound, LINE, type Line, PACK, parsePack } from './line.ts';
import type { Names } from './names.ts';
import { readable, sound } from './soundLine.ts';

/** Measured: larger pages outlive the young generation of the heap, and collecting them costs a third of a replay. */
const PAGE_EVENTS = 256;
const PAGE_BYTES = 16 * 1024 * 1024;
/** A page with an event larger than this share of it is read line by line: to test each size costs less than to add them all up. */
const PACKED_BYTES = PAGE_BYTES / PAGE_EVENTS;

type LogPages = { readonly page: (after: bigint, prefixes: readonly string[] | undefined) => LogPage | undefined };

export const logPages = (database: Database, top: () => number, streams: Names, decode: Decode): LogPages => {
  const linesOf = soundLines(database);
  let last = 0;
  return {
    page: (afterPosition, prefixes) => {
      const after = Math.max(0, Number(afterPosition));
      // The log only grows: its end is asked for when the end known so far has been reached.
      if (last <= after) last = top();
      if (last <= after) return undefined;
      const lines = linesOf(after, Math.min(after + PAGE_EVENTS, last));
      const reached = lines.at(-1)?.[0] ?? after;
      const events: RecordedEvent[] = [];
      for (const line of lines) if (matches(streams.nameOf(line[1]), prefixes)) events.push(decode(line));
      return { events, position: BigInt(reached), more: reached < last };
    },
  };
};

/** All lines of a page up to the first damaged one; that one is named when it comes first. */
const soundLines = (database: Database): ((after: number, end: number) => readonly Line[]) => {
  // One string for many events, parsed at once: rows would cost a third more. SQLite promises no order for it, so `unpacked` looks at the positions.
  const pack = database.prepare(`SELECT ${PACK}, group_concat(crc) FROM events
    WHERE position > ? AND position <= ? AND octet_length(payload) + octet_length(metadata) <= ${PACKED_BYTES}`);
  const lineByLine = linesOneByOne(database);
  return (after, end) => unpacked(() => pack.get(after, end), after, end) ?? lineByLine(after, end);
};

/** As many lines as a page may hold, and at least one. */
const linesOneByOne = (database: Database): ((after: number, end: number) => readonly Line[]) => {
  const one = database.prepare(`SELECT ${LINE}, crc, octet_length(payload) + octet_length(metadata) FROM events WHERE position = ?`);
  return (after, end) => {
    const found: Line[] = [];
    let bytes = 0;
    for (let position = after + 1; position <= end; position += 1) {
      try {
        const row = readable(position, () => one.get(position));
        if (row === undefined) throw new CorruptEvent(BigInt(position), 'it is missing');
        const line = sound(position, row);
        bytes += integer(row, 2);
        if (found.length > 0 && bytes > PAGE_BYTES) return found;
        found.push(line);
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

/** Undefined: something in the pack is damaged or too large; read it line by line to say what. */
const unpacked = (read: () => Row | undefined, after: number, end: number): readonly Line[] | undefined => {
  try {
    const [packed, sums] = read() ?? [];
    if (typeof packed !== 'string' || typeof sums !== 'string') return undefined;
    const expected: readonly number[] = JSON.parse(`[${sums}]`);
    if (expected.length !== end - after || !areSound(packed, expected)) return undefined;
    const lines = parsePack(packed);
    return lines.length === expected.length && lines.every((line, i) => line[0] === after + 1 + i) ? lines : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || sqliteFault(error) === 'corrupt') return undefined;
    throw error;
  }
};
