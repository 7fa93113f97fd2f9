import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { cliIn, newFolder } from '../e2e/support/cli.ts';
import { openHoldfast, type Holdfast } from '../../src/compose.ts';
import { describeOnServers, freshBoard, type TestServer } from '../support/eventStoreDb/servers.ts';
import { scratch } from '../support/holdfast.ts';

const own = scratch();
process.env['XDG_CACHE_HOME'] = own.folder; // the views of a server's boards
afterAll(own.remove);

/** Beats, says what became of it, and ends when nothing holds it any more. */
const AGENT = `
import { lastResult, touchActivity } from 'holdfast/worker';
touchActivity();
while (lastResult() === undefined) await new Promise((resolve) => setImmediate(resolve));
console.log(lastResult().code);`;

describeOnServers('a supervised program on one EventStoreDB', (start) => {
  let server: TestServer;
  let held: Holdfast;
  let board: string;
  let home: Awaited<ReturnType<typeof newFolder>>;
  beforeEach(async () => {
    [server, home, board] = [await start(), await newFolder(), freshBoard()];
    held = await openHoldfast({ store: server.address, board, actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
    await held.board.change({ type: 'CreateBoard', board });
    mkdirSync(join(home.dir, 'node_modules'));
    symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(home.dir, 'node_modules', 'holdfast'));
    writeFileSync(join(home.dir, 'agent.mjs'), AGENT);
  });
  afterEach(async () => {
    await held.close();
    await server.close();
    await home.remove();
  });

  it('beats for its run and ends; its output is kept in the user’s data folder', async () => {
    const created = await held.board.create({ title: 'Beat' });
    const id = created.ok ? created.task_id : '';
    const data = join(home.dir, 'data');
    const env = { HOLDFAST_STORE: server.address, HOLDFAST_BOARD: board, XDG_CACHE_HOME: own.folder, XDG_DATA_HOME: data };
    const { run } = cliIn(home.dir);
    expect(await run(['run', '--task', id, '--on-zero', 'complete', '--', process.execPath, 'agent.mjs'], env)).toEqual({
      exit: 0,
      out: 'Recorded\n',
      err: '',
    });
    const types = (await held.board.history(id)).map(({ type }) => type);
    expect(types).toEqual(['TaskCreated', 'TaskClaimed', 'WorkerStarted', 'HeartbeatRecorded', 'TaskCompleted']);
    expect(await run(['log', id], env)).toEqual({ exit: 0, out: 'Recorded\n', err: '' });
    expect((await run(['log', id, '--json'], env)).out).toContain(join(data, 'holdfast', 'logs', await held.store.identity(), id, '1.log'));
  });
});
