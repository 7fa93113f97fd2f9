import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { newInProcess, runIn } from './inProcess.ts';

const HOUR = 3_600_000;

let cli: Cli;
beforeEach(async () => {
  cli = await newInProcess();
});
afterEach(() => cli.remove());

const later = (ms: number) => runIn(cli.dir, { clock: { ...systemClock(), now: () => systemClock().now() + ms } });
const ok = async (...args: readonly string[]): Promise<string> => {
  const { exit, out, err } = await cli.run(args);
  if (exit !== 0) throw new Error(`${args.join(' ')}: ${err}`);
  return out;
};

/** What a worker and a person do who do not understand each other. */
const loop = async (id: string, reasons: readonly string[]): Promise<void> => {
  for (const [n, reason] of reasons.entries()) {
    await ok('claim', id, '--worker', 'ada');
    await ok('block', id, '--run', String(n + 1), '--worker', 'ada', '--reason', reason);
    await ok('comment', id, 'go on, please');
    await ok('unblock', id);
  }
};

describe('holdfast diagnostics', () => {
  it('says that the board is paused, and what lifts that', async () => {
    await cli.run(['board', 'pause', '--reason', 'the same error']);
    expect((await cli.run(['diagnostics'])).out).toMatch(/^the board is paused since .*: the same error; next: holdfast board resume\n$/);
    expect((await cli.json(['diagnostics'])).data).toMatchObject({ paused: { reason: 'the same error' }, diagnostics: [] });
  });

  it('has nothing to report on a quiet board', async () => {
    await createTask(cli, 'Pack modules');
    expect(await cli.run(['diagnostics'])).toMatchObject({ exit: 0, out: 'nothing to report\n' });
    expect(await cli.json(['diagnostics'])).toMatchObject({
      exit: 0,
      data: { board: 'main', diagnostics: [], counts: { warning: 0, error: 0, critical: 0 } },
    });
    for (const verb of ['stats', 'list']) expect((await cli.run([verb])).out).not.toContain('diagnostic');
  });

  it('says what is overdue, and from when that counts as a diagnostic, before it is one', async () => {
    const id = await createTask(cli, 'Pack modules');
    await ok('claim', id, '--worker', 'ada', '--lease', '5s');
    const soon = later(30_000);
    expect((await soon(['diagnostics'])).out).toMatch(
      new RegExp(`^1 of 1 open claims overdue: ${id} run 1 since \\d+s; counts as unwatched from .* UTC \\(in \\d+s\\)\n$`),
    );
    const { out } = await soon(['diagnostics', '--json']);
    expect(JSON.parse(out)).toMatchObject({ data: { diagnostics: [], overdue: [{ task_id: id, run: 1, worker: 'ada', lease_ms: 5000 }] } });
    expect((await later(HOUR)(['diagnostics'])).out).not.toContain('counts as');
  });

  it('shows a block loop with the reasons given and what to type', async () => {
    const id = await createTask(cli, 'Pack modules');
    await loop(id, ['which files?', 'which files?', 'no access to the registry']);
    const { exit, out } = await cli.run(['diagnostics']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^WARNING  block_unblock_cycling  ${id}  "Pack modules"\n {2}what +blocked and let go on 3 times within 1d`));
    expect(out).toMatch(/reasons {2}needs_input: no access to the registry\n +needs_input: which files\?\n/);
    expect(out).toContain('limits   diagnose_cycles 3 (default), diagnose_window 1d (default)');
    expect(out).toContain(`do       holdfast events --task ${id} --type TaskBlocked --type TaskUnblocked  every block and how it was lifted`);
    expect(out).toContain('1 diagnostic: 1 warning');
    expect((await cli.run(['stats'])).out).toContain('1 diagnostic: 1 warning; next: holdfast diagnostics');
    expect((await cli.run(['list'])).out).toMatch(new RegExp(`^${id} .*\\n1 diagnostic: 1 warning; next: holdfast diagnostics\\n$`));
    expect((await cli.json(['list'])).data).toMatchObject({ tasks: [{ task_id: id, diagnostics: ['block_unblock_cycling'] }] });
    const { data } = await cli.json(['diagnostics', '--task', id]);
    expect(data).toMatchObject({
      diagnostics: [
        {
          kind: 'block_unblock_cycling',
          severity: 'warning',
          task_id: id,
          count: 3,
          facts: { reasons: ['needs_input: no access to the registry', 'needs_input: which files?'] },
          policy: { diagnose_cycles: { value: 3, source: 'default' } },
        },
      ],
      counts: { warning: 1 },
    });
    await ok('cancel', id);
    expect((await cli.run(['diagnostics'])).out).toBe('nothing to report\n');
  });

  it('follows the policy of the board, and says so', async () => {
    const id = await createTask(cli, 'Pack modules');
    await ok('board', 'policy', '--set', 'diagnose_cycles=2', '--set', 'diagnose_window=1h');
    await loop(id, ['which files?', 'which files?']);
    expect((await cli.run(['diagnostics'])).out).toContain('diagnose_cycles 2 (board), diagnose_window 1h (board)');
    expect((await later(HOUR)(['diagnostics'])).out).toBe('nothing to report\n');
    expect((await cli.run(['where'])).out).toMatch(/diagnose_cycles +2 +board/);
  });

  it('shows only what is so severe, only of one task, and knows which tasks there are', async () => {
    const stranded = await createTask(cli, 'For bob', '--assignee', 'bob');
    const other = await createTask(cli, 'For eve', '--assignee', 'eve');
    const run = later(HOUR / 2 + 60_000);
    const ids = async (...args: readonly string[]) => (await run(['diagnostics', ...args])).out.match(/t_\w{10} {2}"/g)?.map((text) => text.slice(0, 12)) ?? [];
    expect(new Set(await ids())).toEqual(new Set([stranded, other]));
    expect(await ids('--task', other)).toEqual([other]);
    expect(await ids('--severity', 'error')).toEqual([]);
    expect(await later(2 * HOUR)(['diagnostics', '--severity', 'error'])).toMatchObject({ exit: 0, out: expect.stringContaining('ERROR  stranded_in_ready') });
    expect(await cli.run(['diagnostics', '--task', 't_0000000000'])).toMatchObject({ exit: 3 });
    expect(await cli.run(['diagnostics', '--severity', 'bad'])).toMatchObject({ exit: 2, err: expect.stringContaining('warning, error, critical') });
    expect(await cli.run(['diagnostics', '--board', 'nobodys'])).toMatchObject({ exit: 3 });
  });

  it('gives commands that name the board and the store where this call had to', async () => {
    await ok('board', 'create', 'nightly');
    await createTask(cli, 'For bob', '--assignee', 'bob', '--board', 'nightly');
    const { out } = await later(HOUR)(['diagnostics', '--board', 'nightly', '--store', '.holdfast']);
    expect(out).toMatch(/holdfast assign t_\w{10} none --store \S+\.holdfast --board nightly/);
  });

  it('says nothing that could control a terminal or look like another task', async () => {
    const id = await createTask(cli, 'a\u001B[2Jb\nt_0000000000  ready');
    await loop(id, ['x\u001B]0;owned\u0007', 'a\nWARNING  b', 'c']);
    for (const terminal of [true, false]) {
      const { out } = await runIn(cli.dir, { terminal })(['diagnostics']);
      for (const hostile of ['\u001B]', '\u001B[2J', '\u0007', '\nt_0000000000', '\nWARNING  b']) expect(out).not.toContain(hostile);
    }
  });

  it('goes on with what is raised and cleared under --follow', async () => {
    const id = await createTask(cli, 'Pack modules');
    await loop(id, ['a', 'b', 'c']);
    const stop = new AbortController();
    let out = '';
    const heard = new Set<() => void>();
    const write = (text: string): void => {
      out += text;
      heard.forEach((look) => look());
    };
    const io = { stopped: () => stop.signal, out: write };
    const says = (pattern: RegExp): Promise<void> =>
      new Promise((resolve) => {
        const look = () => (pattern.test(out) ? resolve() : undefined);
        heard.add(look);
        look();
      });
    const following = runIn(cli.dir, io)(['diagnostics', '--follow', '--json']);
    await says(/"caught_up":true/);
    await ok('cancel', id);
    await says(/"change":"cleared"/);
    stop.abort();
    expect((await following).exit).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line): { change?: string; diagnostic?: { kind: string } } => JSON.parse(line));
    expect(lines.map(({ change, diagnostic }) => [change, diagnostic?.kind])).toEqual([
      ['raised', 'block_unblock_cycling'],
      [undefined, undefined],
      ['cleared', 'block_unblock_cycling'],
    ]);
  });
});
