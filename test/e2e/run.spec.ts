import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('holdfast run', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  it('passes output and exit code through, and books the failure', async () => {
    const id = await createTask(cli, 'Runs');
    const ran = await cli.run(['run', '--task', id, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(ran).toEqual({ exit: 7, out: 'out\n', err: 'err\n' });
    expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'ready', failures: 1 } });
  });

  it('keeps stdout to one document under --json', async () => {
    const id = await createTask(cli, 'Runs');
    const ran = await cli.run(['run', '--json', '--task', id, '--on-zero', 'complete', '--', 'echo', 'packed']);
    expect(JSON.parse(ran.out)).toMatchObject({ data: { task_id: id, run: 1, ended: 'completed', exit_code: 0 } });
    expect(ran.err).toBe('packed\n');
  });

  it('wants a verdict of its command, and takes it', async () => {
    const [silent, said] = [await createTask(cli, 'Silent'), await createTask(cli, 'Said')];
    const ran = await cli.run(['run', '--task', silent, '--', 'true']);
    expect(ran).toMatchObject({ exit: 0, out: '', err: expect.stringContaining(`${silent} run 1 failed: exit 0 without complete`) });
    expect(await cli.json(['runs', silent])).toMatchObject({ data: { runs: [{ end: 'no_verdict', counts_as_failure: true }] } });
    const { exit } = await cli.run(['run', '--task', said, '--', process.execPath, '-e', COMPLETES]);
    expect(exit).toBe(0);
    expect(await cli.json(['show', said])).toMatchObject({ data: { status: 'done', result: { summary: 'by itself' } } });
  });

  it('answers as shells do when the command is not there', async () => {
    const id = await createTask(cli, 'None');
    expect(await cli.run(['run', '--task', id, '--', 'no-such-command'])).toMatchObject({ exit: 127, err: 'command not found: no-such-command\n' });
  });

  it('refuses a task that somebody holds, and fails as itself when there is no store', async () => {
    const id = await createTask(cli, 'Held');
    await cli.run(['claim', id, '--worker', 'ada']);
    expect((await cli.run(['run', '--task', id, '--', 'true'])).exit).toBe(4);
    expect((await cli.run(['run', '--store', './nowhere', '--task', id, '--', 'true'])).exit).toBe(125);
  });

  it('exits as its help says when it does not start the command', async () => {
    const id = await createTask(cli, 'Not started');
    const { out } = await cli.run(['run', '--help']);
    expect(out).toMatch(/Exit codes:\n.*the command’s [^]*\n +127, 126 [^]*\n +125 +the store or Holdfast itself failed\n +2, 3, 4, 5, 6 +it was not started/);
    const exitOf = async (...args: readonly string[]) => (await cli.run(['run', ...args, '--', 'true'])).exit;
    expect([await exitOf(), await exitOf('--task', 't_0000000000')]).toEqual([2, 3]);
    await cli.run(['board', 'pause']);
    expect(await exitOf('--task', id)).toBe(6);
    await cli.run(['board', 'resume']);
  });

  onLinux('gives the claim back at a signal before its command began, and exits as shells say it', async () => {
    const id = await createTask(cli, 'Signalled early');
    const log = openDatabase({ path: join(cli.dir, '.holdfast/log.db') });
    log.exec('BEGIN IMMEDIATE'); // so that it waits with its claim
    const run = spawn(process.execPath, [MAIN_JS, 'run', '--task', id, '--', 'touch', 'begun'], { cwd: cli.dir, env: cleanEnv(), stdio: 'ignore' });
    const ended = once(run, 'exit');
    while (!catches(run.pid, 'SIGHUP')) await sleep(5); // Node itself looks after the others
    run.kill('SIGINT');
    log.exec('ROLLBACK');
    log.close();
    expect(await ended).toEqual([130, null]);
    const { data } = await cli.json(['history', id]);
    expect(data['events']).toMatchObject([{ type: 'TaskCreated' }, { type: 'TaskClaimed' }, { type: 'ClaimReleased', data: { reason: 'shutdown' } }]);
  });

  it('takes over the run of the environment', async () => {
    const id = await createTask(cli, 'Taken over');
    await cli.run(['claim', id, '--worker', 'ada']);
    const env = { HOLDFAST_TASK: id, HOLDFAST_RUN: '1', HOLDFAST_WORKER: 'ada' };
    expect((await cli.run(['run', '--on-zero', 'complete', '--', 'true'], env)).exit).toBe(0);
    expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'done' } });
    expect((await cli.run(['run', '--', 'true'], env)).exit).toBe(5);
  });
});

/** A child that gives its own verdict, from the environment it was started with. */
const COMPLETES = `require('node:child_process').execFileSync(process.execPath, [${JSON.stringify(new URL('../../dist/interfaces/cli/main.js', import.meta.url).pathname)}, 'complete', '--summary', 'by itself'])`;

/** Whether a process has said what to do at that signal. */
const catches = (pid: number | undefined, signal: keyof typeof constants.signals): boolean => {
  const [, mask = '0'] = /^SigCgt:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
};
