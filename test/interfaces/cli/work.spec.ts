import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess, runIn } from './inProcess.ts';

const env = { PATH: process.env['PATH'] ?? '', HOLDFAST_LOG: 'error' };

describe('work on a terminal', () => {
  let cli: Cli;
  let id = '';
  beforeEach(async () => {
    cli = await newInProcess();
    id = await createTask(cli, 'Pack');
  });
  afterEach(() => cli.remove());

  const work = (...args: readonly string[]) => runIn(cli.dir, { errTerminal: true })(['work', '--no-watchdog', '--until-empty', ...args, '--', 'true'], env);

  it('announces what it claims, before the command runs', async () => {
    const { exit, err, out } = await work();
    expect({ exit, err }).toEqual({ exit: 0, err: `${id} run 1 claimed by ana@build-3, lease 15m\n` });
    expect(out).toContain(`${id} run 1 completed`);
  });

  it('does not with --quiet or --json, nor elsewhere', async () => {
    expect(await work('--quiet')).toMatchObject({ exit: 0, err: '' });
    await createTask(cli, 'Pack');
    expect(await work('--json')).toMatchObject({ exit: 0, err: '' });
    await createTask(cli, 'Pack');
    const { err } = await cli.run(['work', '--no-watchdog', '--until-empty', '--', 'true'], env);
    expect(err).not.toContain('claimed by');
  });

  it('says that it waits while nothing is ready', async () => {
    const over = runIn(cli.dir, { errTerminal: true, stopped: () => AbortSignal.abort('SIGINT') });
    const { exit, err } = await over(['work', '--no-watchdog', '--', 'true'], env);
    expect({ exit, err }).toEqual({ exit: 0, err: 'takes what becomes ready on board main, and waits while nothing is; Ctrl-C ends it\n' });
  });
});
