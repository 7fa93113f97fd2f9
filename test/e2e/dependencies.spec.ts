import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { Holdfast } from '../../src/compose.ts';
import { holdfastAt } from '../support/holdfast.ts';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

describe('a chain of three tasks, worked by processes', () => {
  let cli: Cli;
  let board: Holdfast;
  const living = new Set<ChildProcess>();
  beforeEach(async () => {
    cli = await newCli();
    board = await holdfastAt(join(cli.dir, '.holdfast'));
  });
  afterEach(async () => {
    for (const child of living) child.kill('SIGKILL');
    living.clear();
    await board.close();
    await cli.remove();
  });

  const holdfast = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [MAIN_JS, ...args], { cwd: cli.dir, env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    living.add(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => void (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => void (said.err += chunk.toString()));
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...said }));
    return { child, said, ended };
  };
  const chain = async (): Promise<readonly string[]> => {
    const first = await createTask(cli, 'First');
    const second = await createTask(cli, 'Second', '--parent', first);
    return [first, second, await createTask(cli, 'Third', '--parent', second)];
  };
  const typesOf = async (id: string) => (await board.board.history(id)).map(({ type }) => type);
  const WORKED = ['TaskClaimed', 'WorkerStarted', 'TaskCompleted'];
  /** Resolves when such an event of the task is in the log. */
  const seen = async (id: string, type: string): Promise<void> => {
    for await (const { events } of board.board.follow({ after: -1n })) if (events.some((event) => event.task_id === id && event.type === type)) return;
  };

  it('is worked to its end by one command', async () => {
    const ids = await chain();
    const { ended } = holdfast('work', '--until-empty', '--', 'true');
    expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining('3 runs, nothing is left to claim') });
    for (const [n, id] of ids.entries()) expect(await typesOf(id)).toEqual(['TaskCreated', ...(n === 0 ? [] : ['TaskPromoted']), ...WORKED]);
  });

  it('goes on under another host when the one that looked after it was killed between a parent’s completion and the promotion', async () => {
    const [first = '', second = '', third = ''] = await chain();
    const { child: host, said, ended: died } = holdfast('serve');
    const serving = /serving board/;
    while (!serving.test(said.out)) await once(host.stdout ?? host, 'data');
    // Frozen, it hears of the completion no more; this process leaves promotion to whoever hosts it.
    host.kill('SIGSTOP');
    (await board.moves()).hosted();
    await board.board.execute({ type: 'CompleteTask', task_id: first, run: null, worker: null });
    expect(await typesOf(second)).toEqual(['TaskCreated']);
    host.kill('SIGKILL');
    await died;
    const workers = [holdfast('work', '--', 'true'), holdfast('work', '--', 'true')];
    await seen(third, 'TaskCompleted');
    // One that still starts would be ended by the signal, not by itself: each has worked once.
    while (workers.some((worker) => worker.said.out === '')) await seen(await createTask(cli, 'One more'), 'TaskCompleted');
    for (const { child } of workers) child.kill('SIGTERM');
    for (const { ended } of workers) expect(await ended).toMatchObject({ code: 0 });
    for (const id of [second, third]) expect(await typesOf(id)).toEqual(['TaskCreated', 'TaskPromoted', ...WORKED]);
    for (const { said: words } of workers) expect(words.err).not.toMatch(/"level":"?(50|error)/);
  });
});
