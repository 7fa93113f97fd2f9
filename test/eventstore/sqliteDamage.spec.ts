import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorruptEvent, StoreUnreadable } from '../../src/eventstore/errors.ts';
import { type RecordedEvent, START } from '../../src/eventstore/port.ts';
import { STORED_EVERY } from '../../src/eventstore/sqlite/heads.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import type { VerifiableStore, Verify, VerifyProgress } from '../../src/eventstore/verifiable.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { freshStream, someEvents } from '../support/storeEvents.ts';

describe('a damaged log', () => {
  let file = '';
  let store: VerifiableStore;
  const [one, two] = [freshStream('task'), freshStream('task')];

  /** Positions 1–3 and 6–7 are of stream one, 4–5 of stream two. */
  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'holdfast-log-')), 'main.db');
    store = await openSqliteEventStore({ path: file, create: true });
    await store.append(one, someEvents(3), 'no_stream');
    await store.append(two, someEvents(2), 'no_stream');
    await store.append(one, someEvents(2), 2n);
  });
  afterEach(() => store.close());

  const change = (sql: string) => {
    const database = openDatabase({ path: file });
    database.exec(sql);
    database.close();
  };
  const verified = async (options?: Verify) => {
    const messages: VerifyProgress[] = [];
    for await (const message of store.verify(options)) messages.push(message);
    return messages;
  };
  const faults = async (options?: Verify) => (await verified(options)).flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  const replay = async () => {
    const seen: RecordedEvent[] = [];
    try {
      for await (const message of store.subscribe({ after: START })) {
        if (message.kind === 'caught_up') break;
        seen.push(...message.events);
      }
    } catch (error) {
      return { seen, error };
    }
    return { seen, error: undefined };
  };

  it('is told from a sound one', async () => {
    expect(await faults()).toEqual([]);
    expect((await verified()).at(-1)).toEqual({ checked: 7, total: 7 });
    expect(await faults({ stream: one })).toEqual([]);
    expect((await verified({ stream: one })).at(-1)).toEqual({ checked: 5, total: 5 });
    expect(await verified({ stream: freshStream() })).toEqual([{ checked: 0, total: 0 }]);
    expect(await verified({ signal: AbortSignal.abort() })).toEqual([]);
  });

  const flips: Readonly<Record<string, string>> = {
    'a character of the payload': `UPDATE events SET payload = replace(payload, ':1', ':9') WHERE position = 5`,
    'a payload that is no longer JSON': `UPDATE events SET payload = '}' || payload WHERE position = 5`,
    'a line break in the payload': `UPDATE events SET payload = payload || '],' || char(10) || '[' WHERE position = 5`,
    metadata: `UPDATE events SET metadata = '{}' WHERE position = 5`,
    'the time': 'UPDATE events SET ts = ts + 1 WHERE position = 5',
    'the id': `UPDATE events SET event_id = x'00112233445566778899aabbccddeeff' WHERE position = 5`,
    'the type': 'UPDATE events SET type = 99 WHERE position = 5',
    'the stream': 'UPDATE events SET stream_id = 1 WHERE position = 5',
    'the revision': 'UPDATE events SET revision = 4 WHERE position = 5',
    'the checksum': 'UPDATE events SET crc = crc + 1 WHERE position = 5',
  };
  it.each(Object.entries(flips))('names the event with a change in %s: on replay after those before it, on read, in verify', async (_, sql) => {
    change(sql);
    const { seen, error } = await replay();
    expect(seen.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n]);
    expect(error).toBeInstanceOf(CorruptEvent);
    expect(error).toMatchObject({ position: 5n });
    await expect(store.readStream(two)).rejects.toMatchObject({ name: 'CorruptEvent', position: 5n });
    expect((await faults()).map(({ position }) => position)).toContain(5n);
    expect((await faults({ stream: two })).map(({ position }) => position)).toEqual([5n]);
  });

  it('leaves other streams readable, and the events of its own that are sound', async () => {
    change(`UPDATE events SET payload = '{}' WHERE position = 4`);
    expect(await store.readStream(one)).toHaveLength(5);
    expect(await store.readStream(two, { from: 1n })).toHaveLength(1);
  });

  it('finds an event that is missing', async () => {
    change('DELETE FROM events WHERE position = 2');
    expect((await faults()).map(({ position }) => position)).toContain(2n);
    expect((await replay()).error).toMatchObject({ name: 'CorruptEvent', position: 2n });
    await expect(store.readStream(one)).rejects.toThrow(CorruptEvent);
    expect(await store.readStream(one, { from: 2n })).toHaveLength(3);
  });

  it('finds a broken chain', async () => {
    change('UPDATE events SET prev = 2 WHERE position = 6');
    expect((await faults()).map(({ position }) => position)).toEqual([6n]);
    await expect(store.readStream(one)).rejects.toThrow(CorruptEvent);
  });

  it.each([
    ['a wrong revision', 'UPDATE heads SET revision = 9 WHERE stream_id = 1', 7n],
    ['a wrong position', 'UPDATE heads SET position = 3 WHERE stream_id = 1', 3n],
    ['no head at all', 'DELETE FROM heads WHERE stream_id = 1', START],
    ['a head without events', 'INSERT INTO heads VALUES(4, 0, 5)', 5n],
    ['that they are of another moment', "UPDATE meta SET value = '6' WHERE key = 'heads_at'", 7n],
  ])('finds %s in the heads, as they were when they were stored', async (_, sql, position) => {
    await store.append(freshStream(), someEvents(STORED_EVERY), 'no_stream');
    await store.append(two, someEvents(2), 1n);
    expect(await faults()).toEqual([]);
    change(sql);
    expect((await faults()).map((fault) => fault.position)).toContain(position);
  });

  it.each(["UPDATE meta SET value = 'p' WHERE key = 'heads_at'", "DELETE FROM meta WHERE key = 'heads_at'"])(
    'is refused where it cannot be told where streams end: %s',
    async (sql) => {
      change(sql);
      await expect(faults()).rejects.toThrow(StoreUnreadable);
      const again = await openSqliteEventStore({ path: file });
      await expect(again.readStream(one)).rejects.toThrow(StoreUnreadable);
      await expect(again.append(one, someEvents(1), 4n)).rejects.toThrow(StoreUnreadable);
      await again.close();
    },
  );

  it.each(['99', '8'])('is refused where the heads are of a place that it does not reach, %s: nothing is appended by heads that are too old', async (at) => {
    change(`UPDATE meta SET value = '${at}' WHERE key = 'heads_at'`);
    const again = await openSqliteEventStore({ path: file });
    await expect(again.readStream(one)).rejects.toThrow(StoreUnreadable);
    await expect(again.append(one, someEvents(1), 'no_stream')).rejects.toThrow(StoreUnreadable);
    await again.close();
  });

  it('is let go by an append that cannot tell where streams end, and does not fail those of others', async () => {
    const again = await openSqliteEventStore({ path: file });
    change("UPDATE meta SET value = 'p' WHERE key = 'heads_at'");
    for (let tries = 0; tries < 2; tries += 1) await expect(again.append(one, someEvents(1), 4n)).rejects.toThrow(StoreUnreadable);
    expect(await store.append(one, someEvents(1), 4n)).toMatchObject({ revision: 5n });
    change("UPDATE meta SET value = '0' WHERE key = 'heads_at'");
    expect(await again.append(one, someEvents(1), 5n)).toMatchObject({ revision: 6n });
    await again.close();
  });

  it('is refused when it was put back to an older state while it was open', async () => {
    await store.append(two, someEvents(1), 1n);
    change('DELETE FROM events WHERE position = 8');
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(store.readStream(two)).rejects.toThrow('the log ends at 7, and ended at 8');
      await expect(store.head()).rejects.toThrow('the log ends at 7, and ended at 8');
      await expect(store.append(one, someEvents(1), 4n)).rejects.toThrow(StoreUnreadable);
    }
  });

  it('is refused where a table is not what it was', async () => {
    await store.close();
    change('ALTER TABLE heads RENAME COLUMN revision TO sevision');
    await expect(openSqliteEventStore({ path: file })).rejects.toThrow(StoreUnreadable);
    change('ALTER TABLE heads RENAME COLUMN sevision TO revision; ALTER TABLE meta RENAME TO neta');
    await expect(openSqliteEventStore({ path: file })).rejects.toThrow(StoreUnreadable);
  });

  it('finds a stream without a name', async () => {
    change("PRAGMA foreign_keys=OFF; DELETE FROM streams WHERE name = '" + two + "'");
    await store.close();
    store = await openSqliteEventStore({ path: file });
    expect((await faults()).map(({ position }) => position)).toEqual([4n, 5n]);
    expect((await replay()).error).toMatchObject({ name: 'CorruptEvent', position: 4n });
  });
});
