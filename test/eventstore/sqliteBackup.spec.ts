import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { START } from '../../src/eventstore/port.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { historyOf, someEvent, someEvents } from '../support/storeEvents.ts';
import { faultsOf, logFolder } from '../support/storeProcesses.ts';

describe('a backup by VACUUM INTO', () => {
  it('of a log in use is a sound log with the same identity, and goes on', async () => {
    const folder = logFolder();
    const store = await openSqliteEventStore({ path: join(folder, 'log.db'), create: true });
    await store.append('task-a', someEvents(50), 'no_stream');
    await store.append('board-main', [someEvent()], 'no_stream');
    const writing = store.append('task-b', [someEvent()], 'no_stream');
    const database = openDatabase({ path: join(folder, 'log.db'), readonly: true });
    database.exec(`VACUUM INTO '${join(folder, 'backup.db')}'`);
    database.close();
    await writing;
    const backup = await openSqliteEventStore({ path: join(folder, 'backup.db') });
    expect(await backup.identity()).toBe(await store.identity());
    expect(await faultsOf(backup)).toEqual([]);
    expect(await historyOf(backup, START, ['task-a', 'board-'])).toEqual(await historyOf(store, START, ['task-a', 'board-']));
    await backup.append('task-a', [someEvent()], 49n);
    await Promise.all([backup.close(), store.close()]);
  });
});
