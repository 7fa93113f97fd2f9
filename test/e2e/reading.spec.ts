import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createTask, cleanEnv, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

const ids = (tasks: unknown): readonly string[] => (Array.isArray(tasks) ? tasks.map(({ task_id }: { task_id: string }) => task_id) : []);

describe('reading a board', () => {
  let cli: Cli;
  let done = '';
  let open = '';

  beforeAll(async () => {
    cli = await newCli();
    done = await createTask(cli, 'First', '--label', 'pack');
    await cli.run(['claim', done, '--worker', 'ada']);
    await cli.run(['heartbeat', done, '--run', '1', '--worker', 'ada', '--note', 'half']);
    await cli.run(['complete', done, '--run', '1', '--worker', 'ada', '--summary', 'packed 9']);
    open = await createTask(cli, 'Second', '--priority', '5');
  });
  afterAll(() => cli.remove());

  it('list shows one line each, and filters', async () => {
    const { out } = await cli.run(['list']);
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([[done, 'done'], [open, 'ready'], ['']]);
    expect(ids((await cli.json(['list', '--status', 'ready'])).data['tasks'])).toEqual([open]);
    expect(ids((await cli.json(['list', '--label', 'pack'])).data['tasks'])).toEqual([done]);
  });

  it('list goes on from page to page', async () => {
    const first = await cli.json(['list', '--limit', '1']);
    expect(ids(first.data['tasks'])).toEqual([done]);
    const next = await cli.json(['list', '--limit', '1', '--after', String(first.data['cursor'])]);
    expect(ids(next.data['tasks'])).toEqual([open]);
    expect(next.data['cursor']).toBeNull();
  });

  it('show, list and history know the past', async () => {
    expect(await cli.json(['show', done, '--at', '1'])).toMatchObject({ data: { status: 'running', run: 1, last_heartbeat_at: null } });
    expect(await cli.json(['show', done, '--at', '2000-01-01T00:00:00Z'])).toMatchObject({ exit: 3 });
    expect((await cli.json(['history', done, '--at', '2'])).data['events']).toHaveLength(3);
    const [{ position }] = [...JSON.parse((await cli.run(['history', done, '--json'])).out).data.events];
    expect(await cli.json(['list', '--at', position])).toMatchObject({ data: { tasks: [{ task_id: done, status: 'ready' }] } });
  });

  it('events tells history, that it is caught up, and where to go on', async () => {
    const { out } = await cli.run(['events', '--json', '--task', done]);
    const lines = out
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['TaskCreated', 'TaskClaimed', 'HeartbeatRecorded', 'TaskCompleted', undefined]);
    expect(lines.at(-1)).toEqual({ caught_up: true, cursor: expect.any(String) });
    const rest = await cli.run(['events', '--json', '--task', done, '--after', String(lines[2]?.['cursor'])]);
    expect(rest.out.trim().split('\n')).toHaveLength(2);
    expect(await cli.json(['events', '--after', 'c3RyYW5nZXI'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });

  it('events --follow sees what another process does, and ends with the signal', async () => {
    const follower = spawn(process.execPath, [MAIN_JS, 'events', '--json', '--follow', '--after', 'now'], {
      cwd: cli.dir,
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seen: string[] = [];
    const found = new Promise<void>((resolve) => {
      follower.stdout.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        if (text.includes('caught_up')) void cli.run(['comment', open, 'hello']);
        seen.push(text);
        if (seen.join('').includes('CommentAdded')) resolve();
      });
    });
    await found;
    follower.kill('SIGTERM');
    expect(await once(follower, 'exit')).toEqual([0, null]);
  });

  it('a reader that has had enough is no error', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${MAIN_JS}" events --json | head -n 1 >/dev/null`], {
      cwd: cli.dir,
      env: cleanEnv(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    shell.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await once(shell, 'exit');
    expect(err).toBe('');
  });

  it('output that finds no space is said in one line', async () => {
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${MAIN_JS}" list > /dev/full`], {
      cwd: cli.dir,
      env: cleanEnv(),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'cannot write to stdout: no space left\n' });
  });

  it('nothing to claim exits 6 and says why', async () => {
    const empty = await newCli();
    try {
      expect(await empty.json(['claim', '--next'])).toMatchObject({ exit: 6, data: { task: null, why: 'empty' } });
      await createTask(empty, 'For bob', '--assignee', 'bob');
      expect(await empty.json(['claim', '--next', '--worker', 'ada'])).toMatchObject({ exit: 6, data: { task: null, why: 'waiting' } });
      await empty.run(['board', 'pause', '--reason', 'deploying']);
      expect(await empty.json(['claim', '--next'])).toMatchObject({ exit: 6, data: { task: null, why: 'paused' } });
      await empty.run(['board', 'resume']);
      expect((await empty.run(['claim', '--next', '--worker', 'bob'])).exit).toBe(0);
    } finally {
      await empty.remove();
    }
  });

  it('where says what is in force and where it came from', async () => {
    await cli.run(['board', 'policy', '--set', 'claim_ttl=5m']);
    const { data } = await cli.json(['where'], { HOLDFAST_WORKER: 'ada' });
    expect(data).toMatchObject({ board: { value: 'main', from: 'default' }, worker: 'ada' });
    expect(data['policy']).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'claim_ttl_ms', value: 300_000, source: 'board' })]));
  });

  it('verify, rebuild and stats agree with the log', async () => {
    expect(await cli.json(['verify'])).toMatchObject({ exit: 0, data: { ok: true, faults: [] } });
    expect(await cli.json(['verify', '--task', done])).toMatchObject({ exit: 0, data: { ok: true, events: 4 } });
    expect((await cli.json(['rebuild'])).exit).toBe(0);
    expect(await cli.json(['stats'])).toMatchObject({ data: { by_status: { done: 1, ready: 1 } } });
  });

  it('serve watches until SIGTERM', async () => {
    const server = spawn(process.execPath, [MAIN_JS, 'serve'], { cwd: cli.dir, env: cleanEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    const [first] = await once(server.stdout, 'data');
    expect(String(first)).toMatch(/^serving board main of /);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });
});
