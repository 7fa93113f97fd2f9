import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openHoldfast, type Holdfast } from '../../src/compose.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import { START } from '../../src/eventstore/port.ts';
import { describeOnServers, freshBoard, type TestServer } from '../support/eventStoreDb/servers.ts';
import { scratch } from '../support/holdfast.ts';
import { mostOpen, naiveAdmitted, worked } from '../support/naiveCaps.ts';
import { historyOf } from '../support/storeEvents.ts';
import { killed, start } from '../support/storeProcesses.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);

const onDisk = async (): Promise<TestServer> => {
  const { folder, remove } = scratch();
  return { address: folder, close: async () => remove() };
};
const ended = async (child: ChildProcess) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : [child.exitCode, child.signalCode]);

const specs = (open: () => Promise<TestServer>): void => {
  let place: TestServer;
  let held: Holdfast;
  let peers: ChildProcess[];
  let board: string;
  beforeEach(async () => {
    place = await open();
    board = freshBoard();
    peers = [];
    held = await openHoldfast({ store: place.address, board, actor: { kind: 'human', id: 'ana' }, surface: 'spec', create: true });
    await held.board.change({ type: 'CreateBoard', board });
  });
  afterEach(async () => {
    await Promise.all(peers.map(killed));
    await held.close();
    await place.close();
  });

  const create = async (): Promise<string> => {
    const answer = await held.board.create({ title: 'a task' });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const peer = (worker: string, cap: number, ...how: readonly string[]): ChildProcess => {
    const child = start('capPeer.mjs', place.address, board, worker, String(cap), ...how);
    peers.push(child);
    return child;
  };
  const log = async () => (await historyOf(held.store, START, ['task-'])).filter(({ metadata }) => metadata['board'] === board);
  const next = (cap: number, wait_ms = 0) => held.board.claimNext({ worker: 'ana', cap, wait_ms });

  it('four of them race for a queue: never more run than the cap, and everything gets done', async () => {
    const tasks = 24;
    for (let n = 0; n < tasks; n += 1) await create();
    const ends = await Promise.all(['ada', 'bob', 'cyn', 'dan'].map((worker) => ended(peer(worker, 3))));
    expect(ends).toEqual(ends.map(() => [0, null]));
    const events = await log();
    const [working, admitted] = [worked(events), naiveAdmitted(events)];
    expect([working.length, mostOpen(working) <= 3, mostOpen(admitted) <= 3]).toEqual([tasks, true, true]);
    expect(working.filter(({ from }) => !admitted.some((run) => run.from === from))).toEqual([]);
  });

  it('one that is killed between claim and confirm holds its place until its run ends, and no longer', async () => {
    const [first, second] = [await create(), await create()];
    const dying = peer('ada', 1, 'dies');
    await once(dying, 'message');
    dying.send('go on');
    expect(await ended(dying)).toEqual([null, 'SIGKILL']);
    expect(await held.board.load(first)).toMatchObject({ status: 'running', run: { worker: 'ada' } });
    expect(await next(1)).toMatchObject({ why: 'capped', waiting_for: [{ kind: 'cap', cap: 1, open: 1 }] });
    const watchdog = await hostWatchdog(held);
    expect(await next(1, 60_000)).toMatchObject({ ok: true, task_id: second });
    await watchdog.close();
    expect((await held.board.history(first)).map(({ type }) => type)).toContain('TaskReclaimed');
  });

  it('one that is killed after it lost the last place, before it could give its claim back, counts for nobody', async () => {
    const [first, second, third] = [await create(), await create(), await create()];
    const dying = peer('ada', 1, 'dies');
    await once(dying, 'message');
    const mine = await held.board.execute({ type: 'ClaimTask', task_id: second, worker: 'ana', cap: 1 });
    expect(mine).toMatchObject({ ok: true });
    dying.send('go on');
    expect(await ended(dying)).toEqual([null, 'SIGKILL']);
    expect(await next(1)).toMatchObject({ why: 'capped', waiting_for: [{ open: 1 }] });
    await held.board.execute({ type: 'CompleteTask', task_id: second, run: 1, worker: 'ana' });
    expect(await next(1)).toMatchObject({ ok: true, task_id: third });
    expect(await held.board.load(first)).toMatchObject({ status: 'running', run: { worker: 'ada' } });
  });
};

describe('processes under a cap on one SQLite file', () => specs(onDisk));
describeOnServers('processes under a cap on one EventStoreDB', specs);
