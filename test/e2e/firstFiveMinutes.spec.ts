import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnv, cliIn, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

const ID = 't_[0-9A-HJKMNP-TV-Z]{10}';

describe('the first five minutes', () => {
  let cli: Cli;
  let task = '';

  beforeAll(async () => {
    cli = await newCli({ init: false });
    execFileSync('git', ['init', '-q', '.'], { cwd: cli.dir, env: cleanEnv() });
  });
  afterAll(() => cli.remove());

  const home = (): string => join(realpathSync(cli.dir), '.holdfast');

  it('says where a board would be, when there is none, and makes none', async () => {
    expect(await cli.run(['create', 'Say hi'])).toEqual({ exit: 7, out: '', err: `No board here. \`holdfast init\` makes one in ${home()}\n` });
  });

  it('makes a board that git ignores', async () => {
    const { exit, out } = await cli.run(['init']);
    expect({ exit, out }).toEqual({ exit: 0, out: `Board main at ${home()} (git-ignored, shared by all worktrees)\n` });
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: cli.dir, env: cleanEnv() }).toString()).toBe('');
  });

  it('changes nothing when it is made again', async () => {
    expect(await cli.json(['init'])).toMatchObject({ exit: 0, data: { board: 'main', created: false } });
  });

  it('creates a ready task', async () => {
    const { exit, out } = await cli.run(['create', 'Say hi']);
    expect(out).toMatch(new RegExp(`^${ID} ready\n$`));
    expect(exit).toBe(0);
    task = out.slice(0, 12);
  });

  it('claims it and says how to complete it', async () => {
    const { exit, out } = await cli.run(['claim', '--next']);
    expect({ exit, out }).toEqual({ exit: 0, out: `${task} "Say hi" claimed, run 1, expires in 15m; next: holdfast complete ${task} --run 1\n` });
  });

  it('refuses to complete it without the run, and does not tell the run', async () => {
    const { exit, out, err } = await cli.run(['complete', task]);
    expect(exit).toBe(2);
    expect(out + err).toMatch(/^RunRequired: /);
    expect(out + err).not.toMatch(/run 1|--run 1/);
  });

  it('completes it with the run', async () => {
    expect(await cli.run(['complete', task, '--run', '1'])).toEqual({ exit: 0, out: `${task} done\n`, err: '' });
  });

  it('works until nothing is left: two runs fail, half a minute apart, the task gives up, and that is no failure of the worker', async () => {
    const { out: created } = await cli.run(['create', 'Fails']);
    const fails = created.slice(0, 12);
    expect(created).toBe(`${fails} ready\n`);
    const { exit, out } = await cli.run(['work', '--until-empty', '--', 'false']);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(`^${fails} run 1 failed \\(exit 1\\), not again before \\d\\d:\\d\\d:\\d\\d UTC$`),
      `${fails} run 2 failed (exit 1), the task gave up`,
      '2 runs, nothing is left to claim',
      '',
    ]);
    expect(exit).toBe(0);
    const { data } = await cli.json(['history', fails]);
    expect(data['events']).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'TaskGaveUp' })]));
  });

  it('finds the same board from a folder below and from a linked worktree', async () => {
    const git = (...args: readonly string[]) => execFileSync('git', [...args], { cwd: cli.dir, env: cleanEnv({ GIT_CONFIG_GLOBAL: '/dev/null' }) });
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '--allow-empty', '-m', 'start');
    git('worktree', 'add', '-q', 'linked');
    const { data } = await cliIn(join(cli.dir, 'linked')).json(['where']);
    expect(data['store']).toMatchObject({ value: home() });
  });
});
