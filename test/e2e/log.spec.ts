import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdfastAt } from '../support/holdfast.ts';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

let cli: Cli;
const living = new Set<ChildProcess>();
beforeAll(async () => {
  cli = await newCli();
  await cli.run(['board', 'policy', '--set', 'stop_grace=300ms', '--set', 'retry_backoff=0']);
});
afterAll(async () => {
  for (const child of living) child.kill('SIGKILL');
  await cli.remove();
});

/** A command line that runs on, and its lines of output. */
const started = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [MAIN_JS, ...args], { cwd: cli.dir, env: cleanEnv(), stdio: ['ignore', 'pipe', 'ignore'] });
  living.add(child);
  const ended = once(child, 'exit').then(([code, signal]) => {
    living.delete(child);
    return { code, signal };
  });
  return { child, ended, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
};
const logOf = (id: string, run = 1): string => join(cli.dir, '.holdfast', 'logs', id, `${run}.log`);

describe('the output of a supervised run', () => {
  it('is kept, both streams of it, and shown as it was or as one document', async () => {
    const id = await createTask(cli, 'Says');
    await cli.run(['run', '--task', id, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(await cli.run(['log', id])).toEqual({ exit: 0, out: expect.stringMatching(/^(out\nerr\n|err\nout\n)$/), err: '' });
    expect(await cli.json(['log', id, '--run', '1'])).toMatchObject({ exit: 0, data: { task_id: id, run: 1, path: logOf(id), bytes: 8 } });
    await cli.run(['work', '--until-empty', '--on-zero', 'complete', '--', 'echo', '{title} again']);
    expect((await cli.run(['log', id])).out).toBe('Says again\n');
    expect((await cli.run(['log', id, '--run', '1'])).out).toMatch(/out/);
  });

  it('is not found where there is none: exit 3, and where it was looked for', async () => {
    const id = await createTask(cli, 'By hand');
    expect(await cli.run(['log', id])).toMatchObject({ exit: 3, err: expect.stringContaining('nobody has claimed') });
    await cli.run(['claim', id, '--worker', 'ada']);
    expect(await cli.run(['log', id])).toMatchObject({ exit: 3, err: expect.stringContaining(`there is no ${logOf(id)}`) });
    expect(await cli.run(['log', id, '--run', '2'])).toMatchObject({ exit: 3, err: expect.stringContaining('has no run 2') });
    expect(await cli.run(['log', id, '--run', '0'])).toMatchObject({ exit: 2 });
    expect((await cli.run(['log', 't_7K3M9QX2VD'])).exit).toBe(3);
    await cli.run(['release', id, '--run', '1', '--worker', 'ada']);
    await cli.run(['archive', id]);
  });

  it('is not waited for where none can come: a run that was claimed by hand', async () => {
    const id = await createTask(cli, 'By hand, followed');
    await cli.run(['claim', id, '--worker', 'ada']);
    expect(await cli.run(['log', id, '--follow'])).toMatchObject({ exit: 3, out: '', err: expect.stringContaining('was not started by holdfast work') });
    await cli.run(['release', id, '--run', '1', '--worker', 'ada']);
    await cli.run(['archive', id]);
  });

  it('is waited for, with a word about it, while the process that holds the run may yet start its command', async () => {
    const id = await createTask(cli, 'Held');
    await cli.run(['claim', id, '--worker', 'ada', '--pid', String(process.pid)]);
    const follow = spawn(process.execPath, [MAIN_JS, 'log', id, '--follow'], { cwd: cli.dir, env: cleanEnv(), stdio: ['ignore', 'ignore', 'pipe'] });
    living.add(follow);
    const ended = once(follow, 'exit').then(([code]) => {
      living.delete(follow);
      return code;
    });
    const lines = createInterface({ input: follow.stderr })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe(`holdfast: run 1 of ${id} has started no command yet; waiting for one`);
    await cli.run(['complete', id, '--run', '1', '--worker', 'ada']);
    expect([(await lines.next()).value, await ended]).toEqual([expect.stringContaining('was not started by'), 3]);
  });

  it('of a command that could not be started is none, and why is said', async () => {
    const id = await createTask(cli, 'No such command');
    expect((await cli.run(['run', '--task', id, '--', 'nosuchcommand'])).exit).toBe(127);
    for (const follow of [[], ['--follow']])
      expect(await cli.run(['log', id, ...follow])).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/the command of run 1 of t_\w+ could not be started, so there is no output: .*nosuchcommand/),
      });
    await cli.run(['archive', id]);
  });

  it('of another host is looked for there, and nothing is waited for', async () => {
    const id = await createTask(cli, 'Elsewhere');
    const { board, close } = await holdfastAt(join(cli.dir, '.holdfast'));
    await board.execute({ type: 'ClaimTask', task_id: id, worker: 'ada' });
    const elsewhere = {
      host: 'build-7',
      boot_id: 'b-7',
      pid_namespace: '7',
      supervisor: { pid: 70, started_at: '1' },
      child: { pid: 71, started_at: '2', pgid: 71 },
    };
    await board.execute({ type: 'RecordWorkerStarted', task_id: id, run: 1, worker: 'ada', ...elsewhere });
    for (const follow of [[], ['--follow']])
      expect(await cli.run(['log', id, ...follow])).toMatchObject({
        exit: 3,
        out: '',
        err: expect.stringMatching(/run 1 of t_\w+ ran on build-7, and its output is there; here there is no /),
      });
    await board.execute({ type: 'CompleteTask', task_id: id, run: 1, worker: 'ada' });
    await close();
  });

  it('is not kept, and not shown, through a link; the command runs all the same', async () => {
    const id = await createTask(cli, 'Linked');
    await cli.run(['run', '--task', id, '--', 'sh', '-c', 'exit 1']);
    rmSync(logOf(id));
    symlinkSync('/etc/hostname', logOf(id));
    expect(await cli.run(['log', id])).toMatchObject({ exit: 3, out: '', err: expect.stringContaining('cannot be read') });
    symlinkSync('/etc/hostname', logOf(id, 2));
    const ran = await cli.run(['run', '--task', id, '--on-zero', 'complete', '--', 'echo', 'ran']);
    expect(ran).toMatchObject({ exit: 0, out: 'ran\n', err: expect.stringMatching(/^holdfast: the output of .* run 2 is not kept: .*; the run goes on\n$/) });
  });

  it('is followed until the run is over', async () => {
    const id = await createTask(cli, 'Followed');
    const go = join(cli.dir, 'go');
    const run = started('run', '--task', id, '--on-zero', 'complete', '--', 'sh', '-c', `echo begun; until [ -e ${go} ]; do sleep 0.05; done; echo last`);
    await run.lines.next();
    expect((await cli.run(['show', id])).out).toContain(`next: holdfast log ${id} --follow`);
    const follow = started('log', id, '--follow');
    expect((await follow.lines.next()).value).toBe('begun');
    await cli.run(['comment', id, 'go on']);
    writeFileSync(go, '');
    expect((await follow.lines.next()).value).toBe('last');
    expect([await follow.ended, await run.ended]).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
  });

  it('is there up to the moment at which its supervisor was killed; the next run has its own', async () => {
    const id = await createTask(cli, 'Orphaned');
    const run = started('run', '--task', id, '--', 'sh', '-c', 'trap "" PIPE; i=0; while :; do i=$((i+1)); echo line $i 2> /dev/null; sleep 0.05; done');
    for (let seen = 0; seen < 5; seen += 1) await run.lines.next();
    run.child.kill('SIGKILL');
    await run.ended;
    expect(readFileSync(logOf(id), 'utf8')).toMatch(/^line 1\nline 2\nline 3\nline 4\nline 5\n/);
    // The watchdog that `work` hosts takes the task back, and stops what is left of the child.
    const work = started('work', '--', 'echo', 'second');
    await cli.run(['events', '--follow', '--task', id, '--type', 'TaskCompleted', '--limit', '1']);
    work.child.kill('SIGTERM');
    await work.ended;
    expect((await cli.run(['log', id])).out).toBe('second\n');
    expect((await cli.run(['log', id, '--run', '1'])).out).toMatch(/^line 1\n/);
    expect(await cli.json(['runs', id])).toMatchObject({ data: { runs: [{ end: 'supervisor_lost' }, { end: 'completed' }] } });
  });
});

describe('the end of a supervised run', () => {
  it('without a verdict keeps exit code and the end of its output', async () => {
    const id = await createTask(cli, 'Silent');
    await cli.run(['run', '--task', id, '--', 'sh', '-c', 'i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo "line $i"; done']);
    const { data } = await cli.json(['why', id]);
    expect(data).toMatchObject({ runs: [{ end: 'no_verdict', exit_code: 0, last_output: expect.stringMatching(/line 999\nline 1000\n$/) }] });
    expect(String(Object(data['runs'])[0].last_output).length).toBeLessThanOrEqual(2048);
    expect((await cli.json(['log', id])).data['bytes']).toBe(readFileSync(logOf(id)).length);
  });

  it('by a rate limit waits as long as its worker was told, and counts as no failure', async () => {
    const [told, untold] = [await createTask(cli, 'Told'), await createTask(cli, 'Untold')];
    const limited = (id: string, script: string) => cli.run(['run', '--task', id, '--', 'sh', '-c', script]);
    expect((await limited(told, 'echo 2h > "$HOLDFAST_RETRY_AFTER_FILE"; exit 75')).exit).toBe(75);
    expect((await limited(untold, 'exit 75')).exit).toBe(75);
    for (const [id, wait] of [
      [told, 7_200_000],
      [untold, 300_000],
    ] as const) {
      const { data } = await cli.json(['why', id]);
      const [run] = Object(data['runs']);
      expect(run).toMatchObject({ end: 'rate_limited', counts_as_failure: false, retry_after_ms: id === told ? wait : null });
      expect(Date.parse(run.not_before) - Date.parse(run.ended_at)).toBe(wait);
    }
  });

  it('by a worker that used up its budget counts as timed_out', async () => {
    const id = await createTask(cli, 'Budget');
    await cli.run(['claim', id, '--worker', 'ada']);
    await cli.run(['fail', id, '--run', '1', '--worker', 'ada', '--outcome', 'timed_out', '--error', 'all 90 steps used']);
    expect(await cli.json(['why', id])).toMatchObject({ data: { runs: [{ end: 'timed_out', said: 'all 90 steps used', counts_as_failure: true }] } });
  });

  it('comes when max_runtime is over, with nobody watching and SIGTERM ignored', async () => {
    const id = await createTask(cli, 'Endless', '--max-runtime', '1s');
    const { exit } = await cli.run(['run', '--task', id, '--', 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']);
    expect(exit).toBe(137);
    expect(await cli.json(['why', id])).toMatchObject({ data: { runs: [{ end: 'timed_out', counts_as_failure: true, stop: { confirmed: true } }] } });
  });

  it('by max_runtime counts as a failure, so that the task gives up', async () => {
    const id = await createTask(cli, 'Too long', '--max-runtime', '1s', '--label', 'long');
    const { exit, out } = await cli.run(['work', '--until-empty', '--label', 'long', '--', 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']);
    expect({ exit, out }).toEqual({ exit: 0, out: `${id} run 1 reclaimed (timed_out)\n${id} run 2 reclaimed (timed_out)\n2 runs, nothing is left to claim\n` });
    expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'blocked', waiting_for: [{ kind: 'blocked', by: 'breaker', failures: 2 }] } });
  });

  it('takes a grandchild with it that its child left behind', async () => {
    const id = await createTask(cli, 'Parent');
    const { exit, out } = await cli.run(['run', '--task', id, '--on-zero', 'complete', '--', 'sh', '-c', 'sleep 60 & echo $!']);
    expect(exit).toBe(0);
    const stat = join('/proc', out.trim(), 'stat');
    expect(existsSync(stat) ? readFileSync(stat, 'latin1') : 'gone').toMatch(/gone|\) Z/);
  });
});
