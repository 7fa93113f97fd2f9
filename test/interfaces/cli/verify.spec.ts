import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess, runIn } from './inProcess.ts';

describe('verify', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
    await createTask(cli, 'Pack modules');
  });
  afterAll(() => cli.remove());

  it('does not call sound a task that is not there', async () => {
    const { exit, err } = await cli.run(['verify', '--task', 't_0000000000']);
    expect(exit).toBe(3);
    expect(err).toMatch(/no task t_0000000000/);
  });

  it('calls neither sound nor wrong what a signal kept it from reading', async () => {
    const interrupted = runIn(cli.dir, { stopped: () => AbortSignal.abort('SIGINT') });
    const { exit, out } = await interrupted(['verify']);
    expect(exit).toBe(75);
    expect(out).toMatch(/stopped after \d+ events, nothing wrong so far; run it again/);
    const { data } = JSON.parse((await interrupted(['verify', '--json'])).out);
    expect(data).toMatchObject({ ok: false, complete: false, faults: [], views: null });
  });

  it('says so when there are no stored views to compare', async () => {
    await cli.run(['list']);
    const store = join(cli.dir, '.holdfast');
    const [views = ''] = readdirSync(store).filter((name) => name.startsWith('views-') && name.endsWith('.db'));
    for (const name of [views, `${views}-wal`, `${views}-shm`]) rmSync(join(store, name), { force: true });
    mkdirSync(join(store, views));
    expect((await cli.run(['verify'])).out).toMatch(/verify ok: \d+ events sound; no views to compare/);
    rmSync(join(store, views), { recursive: true });
    expect((await cli.run(['verify'])).out).toMatch(/rows of the views as the log says/);
  });
});
