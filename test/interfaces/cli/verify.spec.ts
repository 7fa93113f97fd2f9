import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../src/platform/sqlite.ts';
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

  it('names every event that is damaged, not only the first, and says what it could not look at', async () => {
    const damaged = await newInProcess();
    await createTask(damaged, 'Pack modules');
    const database = openDatabase({ path: join(damaged.dir, '.holdfast', 'log.db') });
    database.exec(`UPDATE events SET payload = replace(payload, 'a', 'b')`);
    database.close();
    const { exit, out } = await damaged.run(['verify']);
    expect(exit).toBe(7);
    expect(out).toMatch(/^position 1: it does not match its checksum\nposition 2: it does not match its checksum\n/);
    expect(out).toMatch(/verify FAILED: [^]*nor compared with the views\n$/);
    const faults = [1, 2].map((position) => ({ position: String(position), fault: 'it does not match its checksum' }));
    expect(await damaged.json(['verify'])).toMatchObject({ exit: 7, data: { ok: false, faults, views: null } });
    await damaged.remove();
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
