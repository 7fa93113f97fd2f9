import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { START } from '../../src/eventstore/port.ts';
import { heads, STORED_EVERY } from '../../src/eventstore/sqlite/heads.ts';
import { names } from '../../src/eventstore/sqlite/names.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import type { VerifiableStore } from '../../src/eventstore/verifiable.ts';
import { type Database, integer, openDatabase } from '../../src/platform/sqlite.ts';
import { someEvent, someEvents } from '../support/storeEvents.ts';
import { faultsOf, logFolder } from '../support/storeProcesses.ts';

const revisionOf = async (store: VerifiableStore, stream: string) => (await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0]?.revision;

describe('where the streams of a log end', () => {
  let path = '';
  let one: VerifiableStore;
  let other: VerifiableStore;
  let database: Database;

  beforeEach(async () => {
    path = join(logFolder(), 'log.db');
    one = await openSqliteEventStore({ path, create: true, synchronous: 'NORMAL' });
    other = await openSqliteEventStore({ path });
    database = openDatabase({ path });
  });
  afterEach(async () => {
    database.close();
    await Promise.all([one.close(), other.close()]);
  });
  const storedHeads = () => integer(database.prepare('SELECT count(*) FROM heads').get() ?? [], 0);

  it('is stored when enough was appended, and known to all who have the log open, or open it', async () => {
    await one.append('task-a', someEvents(2), 'no_stream');
    expect(await revisionOf(other, 'task-a')).toBe(1n);
    expect(storedHeads()).toBe(0);
    await one.append('task-b', someEvents(STORED_EVERY), 'no_stream');
    await one.append('task-a', [someEvent()], 1n);
    expect(storedHeads()).toBe(2);
    const late = await openSqliteEventStore({ path });
    for (const store of [one, other, late]) {
      expect(await revisionOf(store, 'task-a')).toBe(2n);
      expect(await revisionOf(store, 'task-b')).toBe(BigInt(STORED_EVERY - 1));
    }
    await late.close();
  });

  it('is not looked for again by who needs nothing newer than what is known', async () => {
    const { position } = await one.append('task-a', [someEvent()], 'no_stream');
    const later = await other.append('task-a', [someEvent()], 0n);
    const seen = async (as_of?: bigint) => (await one.readStream('task-a', as_of === undefined ? {} : { as_of })).length;
    expect([await seen(START), await seen(position), await seen(later.position)]).toEqual([1, 1, 2]);
    await other.append('task-a', [someEvent()], 1n);
    expect([await seen(START), await seen()]).toEqual([2, 3]);
  });

  it('is the same for two processes that append in turn while it is stored again and again', async () => {
    const streams = Array.from({ length: 40 }, (_, i) => `task-${i}`);
    const ends = new Map<string, bigint>();
    for (let turn = 0; turn < 12; turn += 1) {
      const store = turn % 3 === 0 ? other : one;
      for (const stream of streams.filter((_, i) => (i * 7 + turn) % 5 > 1)) {
        const { revision } = await store.append(stream, someEvents(1 + ((turn * 97) % 61)), ends.get(stream) ?? 'no_stream');
        ends.set(stream, revision);
      }
      await store.append(`board-${turn}`, someEvents(turn * 150 + 1), 'no_stream');
    }
    expect(storedHeads()).toBeGreaterThan(40);
    for (const [stream, revision] of ends) expect([await revisionOf(one, stream), await revisionOf(other, stream)]).toEqual([revision, revision]);
    await expect(one.append('task-1', [someEvent()], 0n)).rejects.toMatchObject({ name: 'WrongExpectedRevision' });
    expect(await faultsOf(one)).toEqual([]);
  });

  it('is not what a transaction said that was rolled back', async () => {
    await one.append('task-a', someEvents(2), 'no_stream');
    const ends = heads(database, names(database, 'streams'));
    expect(ends.catchUp()).toBe(2);
    ends.move(1, { revision: 2, position: 3 });
    expect(ends.find(1)).toEqual({ revision: 2, position: 3 });
    ends.forget();
    expect(ends.headOf('task-a')).toEqual({ revision: 1, position: 2 });
    expect(ends.headOf('task-b')).toBeUndefined();
    expect(BigInt(ends.top())).toBeGreaterThan(START);
  });
});
