import { afterAll, afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Holdfast } from '../../src/compose.ts';
import { openHoldfast } from '../../src/compose.ts';
import { cleanEnv, MAIN_JS } from '../e2e/support/cli.ts';
import { describeOnServers, freshBoard, type TestServer } from '../support/eventStoreDb/servers.ts';
import { scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

const TASKS = 12;

describeOnServers('board processes on one EventStoreDB', (start) => {
  let server: TestServer;
  let held: Holdfast;
  let board: string;
  beforeEach(async () => {
    server = await start();
    board = freshBoard();
    held = await openHoldfast({ store: server.address, board, actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
    await held.board.change({ type: 'CreateBoard', board, policy: { clock_grace_ms: 0 } });
  });
  afterEach(async () => {
    await held.close();
    await server.close();
  });

  /** `holdfast …` in a process of its own; its exit code and what it logged. */
  const holdfast = (...args: readonly string[]) => {
    const env = cleanEnv({ HOLDFAST_STORE: server.address, HOLDFAST_BOARD: board, XDG_CACHE_HOME: cache.folder, HOLDFAST_LOG: 'warn' });
    const child = spawn(process.execPath, [MAIN_JS, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => void out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void err.push(text));
    const ended = once(child, 'close').then(([code]) => ({ exit: Number(code), out: out.join(''), err: err.join('') }));
    return { ended, end: () => void child.kill('SIGTERM'), spoke: () => Promise.race([once(child.stdout, 'data'), ended]) };
  };
  const create = async (): Promise<string> => {
    const answer = await held.board.create({ title: 'a task' });
    return answer.ok ? answer.task_id : none();
  };
  const count = async (taskId: string, type: string) => (await held.board.history(taskId)).filter((event) => event.type === type).length;

  it('three of them work off a queue: every task once, and no noise', async () => {
    const tasks = await Promise.all(Array.from({ length: TASKS }, create));
    const workers = ['ada', 'bob', 'cyn'].map((worker) => holdfast('work', '--worker', worker, '--until-empty', '--no-watchdog', '--', 'true'));
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ exit, err }) => ({ exit, err }))).toEqual(workers.map(() => ({ exit: 0, err: '' })));
    for (const task of tasks) expect([task, await count(task, 'TaskClaimed'), await count(task, 'TaskCompleted')]).toEqual([task, 1, 1]);
  });

  it('two of them watch: one reclaim for each expiry, and no noise', async () => {
    const tasks = await Promise.all(Array.from({ length: TASKS }, create));
    const watchers = [holdfast('serve'), holdfast('serve')];
    await Promise.all(watchers.map(({ spoke }) => spoke()));
    const open = new Set(tasks);
    const all = (async () => {
      for await (const { events } of held.board.follow({ after: 'now', signal: AbortSignal.timeout(120_000) })) {
        for (const { type, task_id } of events) if (type === 'TaskReclaimed') open.delete(task_id);
        if (open.size === 0) return;
      }
    })();
    await Promise.all(tasks.map((task_id) => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 5000 })));
    await all;
    for (const { end } of watchers) end();
    const ends = await Promise.all(watchers.map(({ ended }) => ended));
    expect(ends.map(({ exit, err }) => ({ exit, err }))).toEqual(watchers.map(() => ({ exit: 0, err: '' })));
    for (const task of tasks) expect([task, await count(task, 'TaskReclaimed')]).toEqual([task, 1]);
  });
});

const none = (): never => {
  throw new Error('there is none');
};
