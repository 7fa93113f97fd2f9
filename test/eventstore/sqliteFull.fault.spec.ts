import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { type EventStore, START } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { smallDisk } from '../support/smallDisk.ts';
import { historyOf, someEvent } from '../support/storeEvents.ts';
import { faultsOf, logFolder } from '../support/storeProcesses.ts';

const fill = async (store: EventStore) => {
  const stored: string[] = [];
  for (let i = 0; i < 1000; i += 1) {
    const event = someEvent({ id: randomUUID(), data: { text: 'x'.repeat(50_000) } });
    try {
      await store.append(`task-${i}`, [event], 'no_stream');
    } catch (error) {
      return { stored, error };
    }
    stored.push(event.id);
  }
  return { stored, error: undefined };
};

const idsIn = async (store: EventStore) => (await historyOf(store, START, ['task-'])).map(({ id }) => id);

describe('a full disk', () => {
  it('refuses appends, keeps what was acknowledged readable, and goes on when there is space again', async () => {
    const disk = smallDisk();
    // Where nothing may be mounted, the next spec stands for this one.
    if (disk === undefined) return;
    try {
      const store = await openSqliteEventStore({ path: join(disk.folder, 'main.db'), create: true });
      const { stored, error } = await fill(store);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(await idsIn(store)).toEqual(stored);
      const refused = Array.from({ length: 5 }, (_, i) => store.append(`task-more-${i}`, [someEvent({ data: { text: 'x'.repeat(50_000) } })], 'no_stream'));
      for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected');
      disk.grow();
      const more = someEvent();
      await store.append('task-again', [more], 'no_stream');
      expect(await idsIn(store)).toEqual([...stored, more.id]);
      expect(await faultsOf(store)).toEqual([]);
      await store.close();
    } finally {
      disk.remove();
    }
  });

  it('refuses appends when a file may not grow, and the log opens whole afterwards', async () => {
    const path = join(logFolder(), 'main.db');
    const filler = fileURLToPath(new URL('../support/storeFiller.mjs', import.meta.url));
    const shell = 'trap "" XFSZ; ulimit -f 8192; exec "$@"';
    const said = execFileSync('/bin/sh', ['-c', shell, 'sh', process.execPath, filler, path], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
    const { refusal, acknowledged, read } = JSON.parse(said);
    expect(refusal).toBe('StoreUnavailable');
    expect(read).toBe(acknowledged);
    const store = await openSqliteEventStore({ path });
    expect(await idsIn(store)).toHaveLength(acknowledged);
    expect(await faultsOf(store)).toEqual([]);
    await store.append('task-again', [someEvent()], 'no_stream');
    await store.close();
  });
});
