import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { acknowledgedIn, faultsOf, killed, logFolder, lost, start } from '../support/storeProcesses.ts';

/** More in a nightly run. */
const ROUNDS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 3);

const reports = async (child: ReturnType<typeof start>, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await once(child, 'message');
};

describe('kill -9', () => {
  it('of a writer loses no acknowledged event, round after round on one log', async () => {
    const folder = logFolder();
    const [path, file] = [join(folder, 'main.db'), join(folder, 'acknowledged')];
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = start('./storeWriter.mjs', path, file);
      await reports(writer, randomInt(1, 12));
      await killed(writer);
      const store = await openSqliteEventStore({ path });
      const acknowledged = acknowledgedIn(file);
      expect(acknowledged.length).toBeGreaterThan(round * 25);
      expect(await lost(store, acknowledged)).toEqual([]);
      expect(await faultsOf(store)).toEqual([]);
      await store.close();
    }
  });

  it('of one of three writers loses nothing, and the others go on', async () => {
    const folder = logFolder();
    const path = join(folder, 'main.db');
    const files = [0, 1, 2].map((i) => join(folder, `acknowledged-${i}`));
    for (let round = 0; round < ROUNDS; round += 1) {
      const [victim, ...others] = files.map((file) => start('./storeWriter.mjs', path, file));
      if (victim === undefined) throw new Error('no writer');
      await Promise.all([victim, ...others].map((writer) => reports(writer, randomInt(1, 4))));
      await killed(victim);
      await Promise.all(others.map((writer) => reports(writer, 2)));
      await Promise.all(others.map(killed));
      const store = await openSqliteEventStore({ path });
      expect(await lost(store, files.flatMap(acknowledgedIn))).toEqual([]);
      expect(await faultsOf(store)).toEqual([]);
      await store.close();
    }
  });
});
