import { type Database, integer, type Row, text } from '../../platform/sqlite.ts';
import { CorruptEvent, StoreClosed, StoreUnreadable } from '../errors.ts';
import { START } from '../port.ts';
import type { Verify, VerifyProgress } from '../verifiable.ts';
import type { Head, Heads } from './heads.ts';
import { LINE, type Line } from './line.ts';
import type { Names } from './names.ts';
import { readable, sound } from './soundLine.ts';

type VerifyLog = {
  readonly database: Database;
  readonly heads: Heads;
  readonly streams: Names;
  readonly types: Names;
  /** Runs a read of the open store. */
  readonly read: <T>(work: () => T) => T;
};

type Fault = NonNullable<VerifyProgress['fault']>;

const EVENTS_AT_ONCE = 1024;
const HEADS_AT_ONCE = 4096;

/** Reads everything: checksums, JSON, names, dense positions and revisions, the chain, the heads, the file's own structure. */
export const verifyLog = (parts: VerifyLog, { stream, signal }: Verify = {}): AsyncIterable<VerifyProgress> =>
  stream === undefined ? verifyAll(parts, signal) : verifyStream(parts, stream, signal);

async function* verifyAll(parts: VerifyLog, signal: AbortSignal | undefined): AsyncGenerator<VerifyProgress, void, void> {
  const check = checker(parts);
  const total = () => parts.read(parts.heads.top);
  for (;;) {
    const last = total();
    if (signal?.aborted === true) return;
    if (check.checked() >= last) break;
    for (const fault of parts.read(() => check.events(Math.min(check.checked() + EVENTS_AT_ONCE, last))))
      yield { checked: check.checked(), total: last, fault };
    yield { checked: check.checked(), total: last };
    await nextTurn();
  }
  for (const fault of parts.read(() => check.rest(parts.heads.top()))) yield { checked: check.checked(), total: total(), fault };
  yield { checked: check.checked(), total: check.checked() };
}

const checker = ({ database, heads, streams, types }: VerifyLog) => {
  const one = database.prepare(`SELECT ${LINE}, crc, stream_id, revision FROM events WHERE position = ?`);
  const stored = database.prepare('SELECT stream_id, revision, position FROM heads WHERE stream_id > ? ORDER BY stream_id LIMIT ?');
  const unstored = database.prepare('SELECT stream_id, revision, prev FROM events WHERE position > ? ORDER BY position DESC');
  const integrity = database.prepare('PRAGMA integrity_check(10)');
  const seen: (Head | undefined)[] = [];
  let checked = 0;

  const eventAt = (position: number): string | undefined => {
    const row = readable(position, () => one.get(position));
    if (row === undefined) return 'it is missing';
    // Before its checksum is looked at: one damaged event must not make those after it look damaged.
    const [stream, revision] = [integer(row, 2), integer(row, 3)];
    const before = seen[stream] ?? NOTHING;
    if (revision === before.revision + 1) seen[stream] = { revision, position };
    const [, , , prev, type] = sound(position, row);
    if (streams.nameOf(stream) === undefined) return `its stream ${stream} has no name`;
    if (types.nameOf(type) === undefined) return `its type ${type} has no name`;
    if (revision !== before.revision + 1) return `it has revision ${revision} after ${before.revision}`;
    return prev === before.position ? undefined : `it points to ${prev}, the event before it in its stream is at ${before.position}`;
  };
  const events = (end: number): readonly Fault[] => {
    const faults: Fault[] = [];
    for (; checked < end; checked += 1) {
      const fault = faultOf(checked + 1, () => eventAt(checked + 1));
      if (fault !== undefined) faults.push(fault);
    }
    return faults;
  };
  /** The fold as it was when the heads were stored: before the first event of each stream since then. */
  const storable = (): readonly (Head | undefined)[] => {
    const ends = [...seen];
    for (const row of unstored.all(heads.storedAt())) {
      const [stream, revision, position] = [integer(row, 0), integer(row, 1) - 1, integer(row, 2)];
      ends[stream] = revision < 0 ? undefined : { revision, position };
    }
    return ends;
  };
  const headFaults = (): readonly Fault[] => {
    const faults: Fault[] = [];
    const expected = storable();
    let known = 0;
    for (let rows = stored.all(0, HEADS_AT_ONCE); rows.length > 0; rows = stored.all(integer(rows.at(-1) ?? [], 0), HEADS_AT_ONCE)) {
      known += rows.length;
      faults.push(...rows.flatMap((row) => headFault(row, expected[integer(row, 0)])));
    }
    const ended = expected.filter((head) => head !== undefined).length;
    if (known < ended) faults.push({ position: START, fault: `${ended - known} streams have no head` });
    return faults;
  };
  const structure = (): readonly Fault[] =>
    integrity
      .all()
      .map((row) => text(row, 0))
      .filter((said) => said !== 'ok')
      .map((fault) => ({ position: START, fault }));

  return {
    checked: () => checked,
    events,
    /** What was appended meanwhile and the heads: in one read, or they are of two moments. */
    rest: (total: number): readonly Fault[] => [...events(total), ...orUnreadable('the heads', headFaults), ...orUnreadable('the file', structure)],
  };
};

const orUnreadable = (what: string, check: () => readonly Fault[]): readonly Fault[] => {
  try {
    return check();
  } catch (error) {
    if (!ofDamage(error)) throw error;
    return [{ position: START, fault: `${what} cannot be read` }];
  }
};

/** A flipped bit can also make an integer too large, text of it, or the page unreadable. */
const ofDamage = (error: unknown): error is Error => error instanceof Error && !(error instanceof StoreUnreadable || error instanceof StoreClosed);

const NOTHING: Head = { revision: -1, position: 0 };

const headFault = (row: Row, expected: Head | undefined): readonly Fault[] => {
  const [id, revision, position] = [integer(row, 0), integer(row, 1), integer(row, 2)];
  if (expected?.revision === revision && expected.position === position) return [];
  const found = expected === undefined ? 'it had no events' : `its last event had revision ${expected.revision} at ${expected.position}`;
  return [{ position: BigInt(position), fault: `the head of stream ${id} says revision ${revision} at ${position}; ${found}` }];
};

async function* verifyStream(
  { database, heads, streams, read }: VerifyLog,
  stream: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<VerifyProgress, void, void> {
  const one = database.prepare(`SELECT ${LINE}, crc FROM events WHERE position = ?`);
  const head = read(() => heads.headOf(stream));
  const total = head === undefined ? 0 : head.revision + 1;
  let position = head?.position ?? 0;
  for (let checked = 0; checked < total; checked += 1) {
    if (signal?.aborted === true) return;
    const at = position;
    const fault = faultOf(at, () => {
      const row = read(() => readable(at, () => one.get(at)));
      if (row === undefined) return 'it is missing';
      const line: Line = sound(at, row);
      position = line[3];
      if (streams.nameOf(line[1]) !== stream) return `it is of stream ${line[1]}, not ${stream}`;
      return line[2] === total - 1 - checked ? undefined : `it has revision ${line[2]} in place of ${total - 1 - checked}`;
    });
    if (fault !== undefined) {
      yield { checked, total, fault };
      return;
    }
    if (checked % EVENTS_AT_ONCE === EVENTS_AT_ONCE - 1) {
      yield { checked, total };
      await nextTurn();
    }
  }
  yield { checked: total, total };
}

const faultOf = (position: number, check: () => string | undefined): Fault | undefined => {
  try {
    const fault = check();
    return fault === undefined ? undefined : { position: BigInt(position), fault };
  } catch (error) {
    if (error instanceof CorruptEvent) return { position: error.position, fault: error.fault };
    if (ofDamage(error)) return { position: BigInt(position), fault: `it cannot be read: ${error.message}` };
    throw error;
  }
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
