import { describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sqlite from '../../src/platform/sqlite.ts';
import { freshStream, someEvents } from '../support/storeEvents.ts';

/** The connections that were opened, as nobody outside of the store has them. */
const connections: sqlite.Database[] = [];
jest.unstable_mockModule('../../src/platform/sqlite.ts', () => ({
  ...sqlite,
  openDatabase: (options: sqlite.OpenDatabase) => {
    const database = sqlite.openDatabase(options);
    connections.push(database);
    return database;
  },
}));
const { openSqliteEventStore } = await import('../../src/eventstore/sqlite/sqliteEventStore.ts');

/** How long a statement of the store would wait now for whoever recovers the write-ahead log (ms). */
const patience = (): unknown => connections.at(-1)?.prepare('PRAGMA busy_timeout').get()?.[0];

describe('a read of the embedded store', () => {
  it('waits for a recovery by another process, also right after an append, which itself never waits inside SQLite', async () => {
    const store = await openSqliteEventStore({ path: join(mkdtempSync(join(tmpdir(), 'holdfast-log-')), 'main.db'), create: true });
    const stream = freshStream();
    const append = (expected: 'no_stream' | bigint) => store.append(stream, someEvents(1), expected);
    const reads = {
      readStream: () => store.readStream(stream),
      head: () => store.head(),
      subscribe: async () => {
        for await (const message of store.subscribe({ after: -1n })) if (message.kind === 'caught_up') return;
      },
      verify: async () => {
        for await (const { fault } of store.verify()) expect(fault).toBeUndefined();
      },
    };
    await append('no_stream');
    let revision = 0n;
    for (const [name, read] of Object.entries(reads)) {
      await append(revision);
      revision += 1n;
      expect([name, patience()]).toEqual([name, 0]);
      await read();
      expect([name, patience()]).toEqual([name, sqlite.BUSY_TIMEOUT_MS]);
    }
    await store.close();
  });
});
