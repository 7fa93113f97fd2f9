import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable, StoreUnreadable } from '../../src/eventstore/errors.ts';
import { type EventStore, START } from '../../src/eventstore/port.ts';
import { type OpenSqliteEventStore, openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { faultsOf } from '../support/storeProcesses.ts';
import { eventsOf, freshStream, historyOf, pullUntil, someEvent, someEvents } from '../support/storeEvents.ts';

const opened: EventStore[] = [];
const open = async (options: OpenSqliteEventStore) => {
  const store = await openSqliteEventStore(options);
  opened.push(store);
  return store;
};
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const folder = () => mkdtempSync(join(tmpdir(), 'holdfast-log-'));
const path = () => join(folder(), 'main.db');
const withEvents = async (file: string, count: number) => {
  const [store, stream] = [await open({ path: file, create: true }), freshStream('task')];
  await store.append(stream, someEvents(count), 'no_stream');
  return { store, stream };
};

/** Wall and monotonic time of the machine, but sleepers never wake by time: only a doorbell can. */
const sleepless: Clock = {
  ...systemClock(),
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
};

const foreign = (sql: string) => {
  const file = path();
  const database = openDatabase({ path: file, pragmas: ['journal_mode=DELETE'] });
  database.exec(sql);
  database.close();
  return file;
};
const textFile = (content: string) => {
  const file = path();
  writeFileSync(file, content);
  return file;
};

/** What a power cut leaves of a log that is being made: a first page, of which only the journal says that the file was empty before. */
const cutOff = () => {
  const file = path();
  writeFileSync(file, Buffer.alloc(4096));
  const journal = Buffer.alloc(512);
  // As the file format of SQLite has it (section 3, the rollback journal): magic number, pages in it, a nonce, pages of the file before, bytes of a sector and of a page.
  journal.write('d9d505f920a163d7', 'hex');
  for (const [i, number] of [0, 7, 0, 512, 4096].entries()) journal.writeUInt32BE(number, 8 + 4 * i);
  writeFileSync(`${file}-journal`, journal);
  return file;
};

describe('opening a log', () => {
  it('never makes one unasked', async () => {
    const file = path();
    await expect(open({ path: file })).rejects.toThrow(StoreUnavailable);
    await expect(open({ path: file })).rejects.toMatchObject({ mend: expect.stringContaining('holdfast init') });
    await expect(open({ path: join(file, 'no', 'folder.db'), create: true })).rejects.toThrow(StoreUnavailable);
    expect(existsSync(file)).toBe(false);
  });

  it('makes one log when several make it at once', async () => {
    const file = path();
    const stores = await Promise.all([1, 2, 3, 4].map(() => open({ path: file, create: true })));
    expect(new Set(await Promise.all(stores.map((store) => store.identity()))).size).toBe(1);
  });

  it('finds identity and events again', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 3);
    const [identity, events, head] = [await store.identity(), await store.readStream(stream), await store.head()];
    await store.close();
    const again = await open({ path: file });
    expect([await again.identity(), await again.readStream(stream), await again.head()]).toEqual([identity, events, head]);
    expect(await historyOf(again, START, [stream])).toEqual(events);
  });

  it('gives every log its own identity, and an empty one the head START', async () => {
    const [one, two] = [await open({ path: path(), create: true }), await open({ path: path(), create: true })];
    expect(await one.identity()).not.toBe(await two.identity());
    expect(await one.head()).toBe(START);
  });

  const notOurs: Readonly<Record<string, () => string>> = {
    'another database': () => foreign('CREATE TABLE notes(body TEXT); INSERT INTO notes VALUES(1)'),
    'a database of another application': () => foreign('PRAGMA application_id=77'),
    'a text file': () => textFile('to do: buy milk\n'.repeat(100)),
    'a short text file': () => textFile('milk'),
  };
  it.each(Object.entries(notOurs))('refuses %s and leaves it untouched', async (_, make) => {
    const file = make();
    const before = [readFileSync(file), statSync(file).mtimeMs];
    for (const create of [true, false]) {
      await expect(open({ path: file, create })).rejects.toThrow(StoreUnreadable);
    }
    expect([readFileSync(file), statSync(file).mtimeMs]).toEqual(before);
    expect(existsSync(`${file}-bell`)).toBe(false);
  });

  it('refuses an empty file, unless it may make a log of it', async () => {
    const file = textFile('');
    await expect(open({ path: file })).rejects.toThrow(StoreUnreadable);
    await open({ path: file, create: true });
  });

  it('takes one whose making was cut off for an empty file', async () => {
    for (const create of [false, true]) {
      const file = cutOff();
      if (create) await open({ path: file, create });
      else await expect(open({ path: file })).rejects.toThrow(/is an empty file/);
      expect(existsSync(`${file}-journal`)).toBe(false);
      expect(await faultsOf(await open({ path: file, create: true }))).toEqual([]);
    }
  });

  it('refuses a newer format and leaves the file untouched', async () => {
    const file = path();
    await (await withEvents(file, 1)).store.close();
    const database = openDatabase({ path: file });
    database.exec("UPDATE meta SET value = '99' WHERE key = 'format'");
    database.close();
    const before = readFileSync(file);
    await expect(open({ path: file })).rejects.toThrow(/format 99/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('brings a log of format 1 up, so that no process of its time can append to it any more', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 3);
    const events = await store.readStream(stream);
    await store.close();
    const database = openDatabase({ path: file });
    database.exec(`ALTER TABLE heads RENAME COLUMN stream_id TO id; ALTER TABLE heads RENAME COLUMN position TO pos;
      INSERT INTO heads SELECT stream_id, max(revision), max(position) FROM events GROUP BY stream_id;
      DELETE FROM meta WHERE key = 'heads_at'; UPDATE meta SET value = '1' WHERE key = 'format'`);
    const moveHead = database.prepare('UPDATE heads SET revision = 7, pos = 8 WHERE id = 1');
    const again = await open({ path: file });
    expect(() => moveHead.run()).toThrow(/no such column/);
    database.close();
    expect(await again.readStream(stream)).toEqual(events);
    await again.append(stream, [someEvent()], 2n);
    expect(await faultsOf(again)).toEqual([]);
  });

  it.each([
    [0x6969, 'NFS'],
    [0xfe534d42, 'SMB2'],
    [0x01021997, '9P'],
  ])('refuses a file system of type %p', async (type, name) => {
    const file = path();
    const refused = open({ path: file, create: true, fileSystemType: () => type });
    await expect(refused).rejects.toThrow(StoreUnreadable);
    await expect(refused).rejects.toThrow(name);
    expect(existsSync(file)).toBe(false);
  });

  it('can be inspected with any SQLite through the view `log`', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 2);
    const database = openDatabase({ path: file, readonly: true });
    const [row] = database.prepare('SELECT position, stream, revision, type, payload FROM log').all();
    expect(row).toEqual([1, stream, 0, 'SomethingHappened', '{"i":0}']);
    database.close();
    await store.close();
  });
});

const locked = (file: string) => {
  const holder = openDatabase({ path: file });
  holder.exec('BEGIN IMMEDIATE');
  return () => {
    holder.exec('ROLLBACK');
    holder.close();
  };
};

describe('a log that several have open', () => {
  it('wakes a reader of another handle by the doorbell, without waiting for the poll', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 1);
    const reader = await open({ path: file, clock: sleepless });
    const seen = [];
    for await (const message of reader.subscribe({ after: START, prefixes: [stream] })) {
      if (message.kind === 'events') seen.push(...message.events);
      if (seen.length === 6) break;
      const last = BigInt(seen.length - 1);
      if (message.kind === 'caught_up' || seen.length > 1) setImmediate(() => void store.append(stream, someEvents(1), last));
    }
    expect(seen).toEqual(await store.readStream(stream));
  });

  it('finds what it was not rung for at its next poll', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 1);
    let polls: (() => void)[] = [];
    const byHand: Clock = { ...systemClock(), sleep: () => new Promise((resolve) => polls.push(resolve)) };
    const reader = await open({ path: file, clock: byHand });
    rmSync(`${file}-bell`);
    const tail = pullUntil(reader, { after: START, prefixes: [stream] }, (pulled) => eventsOf(pulled).length === 2);
    await store.append(stream, someEvents(1), 0n);
    const ticking = setInterval(() => {
      for (const poll of polls.splice(0)) poll();
    }, 5);
    expect(eventsOf(await tail)).toHaveLength(2);
    clearInterval(ticking);
    await reader.close();
    polls = [];
  });

  it('says that the store is unavailable when the write lock is not free in time, and writes nothing', async () => {
    const file = path();
    const stream = (await withEvents(file, 1)).stream;
    const store = await open({ path: file, storeWaitMs: 30 });
    const release = locked(file);
    const refused = store.append(stream, someEvents(1), 0n);
    await expect(refused).rejects.toThrow(StoreUnavailable);
    expect(await store.readStream(stream)).toHaveLength(1);
    release();
    expect(await store.append(stream, someEvents(1), 0n)).toMatchObject({ revision: 1n });
  });

  it('waits for the write lock', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 1);
    const release = locked(file);
    const appended = store.append(stream, someEvents(1), 0n);
    setTimeout(release, 30);
    expect(await appended).toMatchObject({ revision: 1n, repeated: false });
  });

  it('finds the names of streams and types that another handle made', async () => {
    const file = path();
    const { store, stream } = await withEvents(file, 1);
    const other = await open({ path: file });
    expect(await other.readStream(stream)).toHaveLength(1);
    await store.append(freshStream(), [someEvent({ type: 'NewType' })], 'no_stream');
    await other.append(stream, [someEvent({ type: 'NewType' })], 0n);
    expect((await historyOf(other, START, [])).length).toBe(0);
    expect((await historyOf(other, START, ['conformance', 'task'])).map(({ type }) => type)).toEqual(['SomethingHappened', 'NewType', 'NewType']);
  });

  it.each(['replaced', 'removed'])('refuses to go on when its file was %s', async (how) => {
    const file = path();
    const { store, stream } = await withEvents(file, 1);
    const told = expect(pullUntil(store, { after: START, prefixes: [stream] }, () => false)).rejects.toThrow(StoreUnreadable);
    await store.append(stream, someEvents(1), 0n);
    await new Promise((resolve) => setImmediate(resolve));
    const other = path();
    await (await withEvents(other, 1)).store.close();
    if (how === 'replaced') renameSync(other, file);
    else rmSync(file);
    await systemClock().sleep(5); // an append believes a look at the path for 1 ms
    await expect(store.append(stream, someEvents(1), 1n)).rejects.toThrow(StoreUnreadable);
    await expect(store.readStream(stream)).rejects.toThrow(StoreUnreadable);
    await expect(store.head()).rejects.toThrow(StoreUnreadable);
    await told;
  });
});

describe('a long log', () => {
  it('is delivered in pieces of at most 16 MB', async () => {
    const store = await open({ path: path(), create: true, synchronous: 'NORMAL' });
    const text = 'x'.repeat(500 * 1024);
    for (let i = 0; i < 48; i += 1) await store.append(freshStream('big'), [someEvent({ data: { text, i } })], 'no_stream');
    const pieces = [];
    for await (const message of store.subscribe({ after: START })) {
      if (message.kind === 'caught_up') break;
      pieces.push(message.events.map(({ data }) => data['i']));
    }
    expect(pieces.flat()).toEqual(Array.from({ length: 48 }, (_, i) => i));
    expect(Math.max(...pieces.map((piece) => piece.length)) * text.length).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  it('lets timers run while it is read', async () => {
    const store = await open({ path: path(), create: true, synchronous: 'NORMAL' });
    for (let i = 0; i < 6; i += 1) await store.append(freshStream('many'), someEvents(1000), 'no_stream');
    let turns = 0;
    const count = () => {
      turns += 1;
      turning = setImmediate(count);
    };
    let turning = setImmediate(count);
    expect(await historyOf(store, START, ['many'])).toHaveLength(6000);
    clearImmediate(turning);
    expect(turns).toBeGreaterThan(2);
  });
});
