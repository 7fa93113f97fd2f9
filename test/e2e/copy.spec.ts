import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { START } from '../../src/eventstore/port.ts';
import { faultsOf, killed } from '../support/storeProcesses.ts';
import { historyOf, someEvent } from '../support/storeEvents.ts';
import { createTask, cleanEnv, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

const STREAMS = 200;
const EVENTS = 20_000;

const fill = async (path: string): Promise<void> => {
  const store = await openSqliteEventStore({ path, create: true, synchronous: 'NORMAL' });
  for (let n = 0; n < EVENTS / STREAMS; n += 1) {
    const expected = n === 0 ? 'no_stream' : BigInt(n - 1);
    await Promise.all(Array.from({ length: STREAMS }, (_, i) => store.append(`task-${i}`, [someEvent()], expected)));
  }
  await store.close();
};
const contents = async (path: string) => {
  const store = await openSqliteEventStore({ path });
  const events = await historyOf(store, START, ['task-', 'board-', 'watchdog-']);
  const faults = await faultsOf(store);
  await store.close();
  return { faults, events: events.map(({ stream, revision, id, type, data, metadata }) => ({ stream, revision, id, type, data, metadata })) };
};

describe('copy', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  it('takes a board to another store, where it goes on', async () => {
    const id = await createTask(cli, 'Move me', '--input', '{"files":["a"]}');
    await cli.run(['claim', id, '--worker', 'ada']);
    const { exit, data } = await cli.json(['copy', '--to', 'moved']);
    expect({ exit, data }).toMatchObject({ exit: 0, data: { complete: true, streams: 2, events: 3, copied: 3, already: 0, to: join(cli.dir, 'moved') } });
    const history = async (store: string) => (await cli.json(['show', id, '--store', store])).data;
    expect(await history('moved')).toEqual(await history('.holdfast'));
    expect((await cli.run(['complete', id, '--run', '1', '--worker', 'ada', '--store', 'moved'])).exit).toBe(0);
    expect(await cli.json(['copy', '--to', 'moved'])).toMatchObject({ exit: 4, error: { code: 'TargetDiffers', faults: [{ stream: `task-${id}` }] } });
    expect(await cli.json(['copy', '--from', 'moved', '--to', '.holdfast'])).toMatchObject({ exit: 0, data: { copied: 1, already: 3 } });
    expect(await cli.json(['verify'])).toMatchObject({ exit: 0, data: { ok: true } });
  });

  it('killed with -9 in the middle, and run again, it gives the same log', async () => {
    const [from, to] = [join(cli.dir, 'big.db'), join(cli.dir, 'copied.db')];
    await fill(from);
    const target = await openSqliteEventStore({ path: to, create: true });
    for (const most of [1, EVENTS / 4]) {
      const copier = spawn(process.execPath, [MAIN_JS, 'copy', '--from', from, '--to', to], { cwd: cli.dir, env: cleanEnv(), stdio: 'ignore' });
      const position = await target.head();
      for await (const message of target.subscribe({ after: position })) {
        if (message.kind === 'events' && message.position >= position + BigInt(most)) break;
      }
      await killed(copier);
      expect(copier.signalCode).toBe('SIGKILL');
    }
    const sofar = Number(await target.head());
    expect(sofar).toBeLessThan(EVENTS);
    await target.close();
    const { exit, data } = await cli.json(['copy', '--from', from, '--to', to]);
    expect({ exit, data }).toMatchObject({ exit: 0, data: { complete: true, streams: STREAMS, events: EVENTS, already: sofar, copied: EVENTS - sofar } });
    const [source, copied] = [await contents(from), await contents(to)];
    expect(copied.faults).toEqual([]);
    expect(copied.events).toEqual(source.events);
  });

  it('refuses what makes no sense, and makes nothing of it', async () => {
    expect(await cli.run(['copy'])).toMatchObject({ exit: 2, err: expect.stringContaining('copy needs --to') });
    expect(await cli.run(['copy', '--to', './.holdfast/log.db'])).toMatchObject({ exit: 2, err: expect.stringContaining('the same store') });
    expect(await cli.run(['copy', '--to', 'memory:'])).toMatchObject({ exit: 2, err: expect.stringContaining('memory') });
    expect(await cli.json(['copy', '--from', 'nowhere', '--to', 'fresh'])).toMatchObject({ exit: 7, error: { code: 'StoreUnavailable' } });
    expect(existsSync(join(cli.dir, 'fresh'))).toBe(false);
  });

  it('stopped by a signal before it is through, exits 75 and goes on later', async () => {
    const [from, to] = [join(cli.dir, 'big.db'), join(cli.dir, 'later.db')];
    const target = await openSqliteEventStore({ path: to, create: true });
    const copier = spawn(process.execPath, [MAIN_JS, 'copy', '--from', from, '--to', to], { cwd: cli.dir, env: cleanEnv(), stdio: 'ignore' });
    const exit = new Promise((resolve) => copier.once('exit', resolve));
    for await (const { kind } of target.subscribe({ after: START })) if (kind === 'events') break;
    copier.kill('SIGTERM');
    expect(await exit).toBe(75);
    await target.close();
    expect(await cli.json(['copy', '--from', from, '--to', to])).toMatchObject({ exit: 0, data: { complete: true, events: EVENTS } });
  });
});
