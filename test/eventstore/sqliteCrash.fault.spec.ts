import { describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptEvent } from '../../src/eventstore/errors.ts';
import { START } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { freshStream, historyOf, someEvent } from '../support/storeEvents.ts';
import { acknowledgedIn, copyOfLog, faultsOf, foldWal, killed, logFolder, start } from '../support/storeProcesses.ts';

const CUTS = Number(process.env['HOLDFAST_CUT_ROUNDS'] ?? 12);

/** A log with everything still in its WAL. */
const crashed = async () => {
  const folder = logFolder();
  const [path, file] = [join(folder, 'main.db'), join(folder, 'acknowledged')];
  const writer = start('./storeWriter.mjs', path, file);
  for (let i = 0; i < 4; i += 1) await once(writer, 'message');
  await killed(writer);
  return { path, acknowledged: acknowledgedIn(file) };
};

const flipBit = (file: string, ...places: readonly number[]): void => {
  const [bytes, bit] = [readFileSync(file), 1 << randomInt(8)];
  for (const place of places) bytes.writeUInt8(bytes.readUInt8(place) ^ bit, place);
  writeFileSync(file, bytes);
};

/** Also where SQLite left an old copy behind. */
const placesOf = (file: string, text: string): readonly number[] => {
  const bytes = readFileSync(file);
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
};

describe('a WAL that did not reach the disk whole', () => {
  it.each(['cut', 'flipped'])('opens as a beginning of the log, without a fault, when it was %s anywhere', async (how) => {
    const { path, acknowledged } = await crashed();
    const size = statSync(`${path}-wal`).size;
    for (let round = 0; round < CUTS; round += 1) {
      const copy = copyOfLog(path);
      const byte = randomInt(size);
      if (how === 'cut') truncateSync(`${copy}-wal`, byte);
      else flipBit(`${copy}-wal`, byte);
      const store = await openSqliteEventStore({ path: copy, create: true });
      const positions = (await historyOf(store, START, ['task-'])).map(({ position }) => Number(position));
      expect(positions).toEqual(positions.map((_, i) => i + 1));
      expect(await faultsOf(store)).toEqual([]);
      await store.append(freshStream(), [someEvent()], 'no_stream');
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
  });
});

describe('a bit that flips in the database file', () => {
  it('is found by verify, and a replay names the event or refuses the file', async () => {
    const path = join(logFolder(), 'main.db');
    const log = await openSqliteEventStore({ path, create: true });
    const text = 'the payload that is hit '.repeat(40);
    for (let i = 0; i < 50; i += 1) await log.append(`task-${i}`, [someEvent({ data: { i, text } })], 'no_stream');
    await log.close();
    foldWal(path);
    for (let round = 0; round < CUTS; round += 1) {
      const copy = copyOfLog(path);
      const hit = randomInt(50);
      const offset = randomInt(text.length);
      flipBit(copy, ...placesOf(copy, `{"i":${hit},`).map((place) => place + offset));
      const store = await openSqliteEventStore({ path: copy });
      expect(await faultsOf(store)).toEqual([`${hit + 1}: it does not match its checksum`]);
      const replay = historyOf(store, START, ['task-']);
      await expect(replay).rejects.toThrow(CorruptEvent);
      await expect(replay).rejects.toMatchObject({ position: BigInt(hit + 1) });
      await expect(store.readStream(`task-${hit}`)).rejects.toMatchObject({ position: BigInt(hit + 1) });
      await store.close();
    }
  });

  it('never passes unseen, wherever it is', async () => {
    const { path } = await crashed();
    foldWal(path);
    const size = statSync(path).size;
    const sound = await openSqliteEventStore({ path });
    const before = (await historyOf(sound, START, ['task-'])).map((event) => JSON.stringify([event.data, event.id, event.stream, event.type]));
    await sound.close();
    for (let round = 0; round < CUTS; round += 1) {
      const copy = copyOfLog(path);
      const byte = randomInt(size);
      flipBit(copy, byte);
      const read = async () => {
        const store = await openSqliteEventStore({ path: copy });
        try {
          const faults = await faultsOf(store);
          const events =
            faults.length > 0
              ? []
              : (await historyOf(store, START, ['task-'])).map((event) => JSON.stringify([event.data, event.id, event.stream, event.type]));
          return faults.length > 0 ? 'found' : events.join() === before.join() ? 'harmless' : `unseen: byte ${byte}`;
        } finally {
          await store.close();
        }
      };
      expect(['found', 'harmless', 'refused']).toContain(
        await read().catch(({ name }: Error) => (name === 'StoreUnreadable' || name === 'StoreUnavailable' ? 'refused' : name)),
      );
    }
  });
});
