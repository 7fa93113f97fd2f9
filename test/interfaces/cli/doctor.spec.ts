import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { newInProcess, runIn } from './inProcess.ts';

describe('holdfast doctor', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());

  const head = async () => (await cli.json(['stats'])).data['log_position'];

  it('is content with a board that is well, and says what it looked at', async () => {
    const { exit, data } = await cli.json(['doctor']);
    expect({ exit, data }).toMatchObject({ exit: 0, data: { ok: true, failures: 0 } });
    const checks = ['address', 'file_system', 'disk_space', 'sqlite', 'file', 'clock', 'lock', 'round_trip', 'views', 'claims', 'revocations'];
    expect(data['findings']).toEqual(checks.map((check) => expect.objectContaining({ check, saw: expect.any(String) })));
    expect((await cli.run(['doctor'])).out).toMatch(
      /^ok {4}address {9}.*\.holdfast \(default: the nearest \.holdfast upwards\)\n[^]*\n(doctor ok|doctor: 0 failing.*)\n$/,
    );
  });

  it('leaves no trace in tasks, views and verify, and with --read-only none at all', async () => {
    const before = await head();
    expect(await cli.json(['doctor', '--read-only'])).toMatchObject({ exit: 0, data: { ok: true } });
    expect(await head()).toBe(before);
    await cli.run(['doctor']);
    expect(Number(await head())).toBe(Number(before) + 1);
    expect(await cli.json(['verify'])).toMatchObject({ exit: 0, data: { ok: true } });
    expect(await cli.json(['list'])).toMatchObject({ data: { tasks: [] } });
  });

  it('exits 1 when nobody watches, and names the command that mends it', async () => {
    const id = await createTask(cli, 'Pack');
    await cli.run(['claim', id, '--worker', 'ada']);
    const late = runIn(cli.dir, { clock: { ...systemClock(), now: () => Date.now() + 60 * 60_000 } });
    const { exit, out } = await late(['doctor', '--read-only']);
    expect(exit).toBe(1);
    expect(out).toMatch(
      new RegExp(`fail {2}claims {11}board main: 1 of 1 open claims overdue: ${id} run 1 since 45m.*\n +mend: holdfast serve --board main\n`),
    );
    expect(out).toMatch(/doctor: 1 failing, \d to look at\n$/);
  });

  it('exits 7 where there is no store to look at', async () => {
    const nowhere = runIn('/');
    expect(await nowhere(['doctor'])).toMatchObject({ exit: 7, err: expect.stringContaining('holdfast init') });
  });

  it.each([
    ['missing', 'gone', /there is no folder/],
    ['not ours', 'text.db', /not a Holdfast log/],
    ['some other file', 'text.txt', /fail +file_system +\S+text\.txt is a file, not a Holdfast log\n +mend: name a folder, or a file that ends in \.db/],
    ['of a scheme that nobody knows', 'redis://ana:secret@host', /redis:/],
  ])('a store that is %s is a finding, not a crash', async (_, store, says) => {
    writeFileSync(join(cli.dir, 'text.db'), 'a text '.repeat(1000));
    writeFileSync(join(cli.dir, 'text.txt'), 'a text');
    const { exit, out } = await cli.run(['doctor', '--store', store]);
    expect(exit).toBe(1);
    expect(out).toMatch(says);
    expect(out).not.toContain('secret');
  });

  it('a damaged log fails', async () => {
    const folder = join(cli.dir, 'damaged');
    mkdirSync(folder);
    copyFileSync(join(cli.dir, '.holdfast/log.db'), join(folder, 'log.db'));
    writeFileSync(join(folder, 'log.db'), Buffer.alloc(8192, 1), { flag: 'r+' });
    expect(await cli.json(['doctor', '--store', folder])).toMatchObject({ exit: 1, data: { ok: false } });
  });

  it('a store without a board is to look at', async () => {
    expect(await cli.json(['doctor', '--store', 'memory:'])).toMatchObject({
      exit: 0,
      data: {
        ok: true,
        findings: expect.arrayContaining([{ check: 'board', level: 'warn', saw: 'there is no board in this store', mend: 'holdfast init --store memory:' }]),
      },
    });
  });
});
