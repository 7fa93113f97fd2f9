import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { EXITS } from '../../../src/interfaces/cli/exits.ts';
import { parseVerb, splitVerb } from '../../../src/interfaces/cli/line/parse.ts';
import { VERBS } from '../../../src/interfaces/cli/verbs.ts';
import { holdfastAt } from '../../support/holdfast.ts';
import { started } from '../../support/told.ts';
import { newInProcess, runIn } from './inProcess.ts';

const MINUTE = 60_000;
const at = (ms: number) => ({ ...systemClock(), now: () => Date.now() + ms });

describe('what people see', () => {
  let cli: Cli;
  let id = '';
  beforeAll(async () => {
    cli = await newInProcess();
    id = await createTask(cli, 'Pack modules');
    await cli.run(['claim', id, '--worker', 'ada']);
  });
  afterAll(() => cli.remove());

  it('a run that is overdue for more than a minute says that nobody watches, in show and in list', async () => {
    const late = runIn(cli.dir, { clock: at(17 * MINUTE) });
    const soon = runIn(cli.dir, { clock: at(15.5 * MINUTE) });
    expect((await late(['show', id])).out).toMatch(/overdue +by (2m|1m59s).*: nobody is watching, holdfast serve/);
    expect((await late(['list'])).out).toContain('nobody is watching, holdfast serve');
    expect((await soon(['show', id])).out).toMatch(/overdue +by \d+s; counts as unwatched from .* \(in \d+s\): lease \+ diagnose_overdue 1m$/m);
    expect((await soon(['show', id])).out).not.toContain('nobody');
    expect((await soon(['list'])).out).not.toContain('nobody');
  });

  it('a worker of some host is left to the watchdog there first, in list, show and doctor alike', async () => {
    const there = await createTask(cli, 'Elsewhere');
    await cli.run(['claim', there, '--worker', 'bob', '--pid', String(process.pid)]);
    const late = runIn(cli.dir, { clock: at(16.5 * MINUTE) });
    expect((await late(['show', there])).out).toMatch(/overdue +by 1m\d+s; counts as unwatched from .*: lease \+ foreign_grace 1m \+ diagnose_overdue 1m$/m);
    expect((await late(['list'])).out).toContain('1 overdue for too long: nobody is watching');
    expect((await late(['doctor', '--read-only'])).out).toContain('2 of 2 open claims overdue');
    await cli.run(['release', there, '--run', '1', '--worker', 'bob']);
    await cli.run(['archive', there]);
  });

  it('a run that is being stopped says so: it was judged, and nobody need watch', async () => {
    const stopping = await createTask(cli, 'Stop me');
    await cli.run(['claim', stopping, '--worker', 'ada', '--lease', '5s']);
    const holdfast = await holdfastAt(join(cli.dir, '.holdfast'));
    await holdfast.board.execute({ type: 'RecordWorkerStarted', task_id: stopping, run: 1, worker: 'ada', ...started });
    await holdfast.close();
    await cli.run(['reclaim', stopping]);
    const late = runIn(cli.dir, { clock: at(2 * MINUTE) });
    expect((await late(['show', stopping])).out).toMatch(/revoked +operator, the worker is being stopped/);
    expect((await late(['show', stopping])).out).not.toContain('nobody');
    expect((await late(['list'])).out).toMatch(/run 1 ada, being stopped +Stop me/);
    expect((await late(['list'])).out).not.toContain('nobody');
  });

  it('colour is for terminals, and not with NO_COLOR', async () => {
    const terminal = runIn(cli.dir, { terminal: true });
    expect((await terminal(['list'])).out).toContain('\u001B[');
    expect((await terminal(['list'], { NO_COLOR: '1' })).out).not.toContain('\u001B[');
    expect((await cli.run(['list'])).out).not.toContain('\u001B[');
  });

  it('nothing is coloured where there is nothing to colour', async () => {
    const { err } = await runIn(cli.dir, { terminal: true })(['lst']);
    expect(err).toMatch(/^There is no verb ‘lst’/);
  });

  it('what a task is called neither controls the terminal nor looks like another task', async () => {
    await createTask(cli, 'a\u001B]0;owned\u0007\u001B[2Jb\nt_0000000000  ready  \u202Ec');
    for (const terminal of [true, false]) {
      const run = runIn(cli.dir, { terminal });
      for (const verb of ['list', 'events', 'ready']) {
        const { out } = await run([verb]);
        for (const hostile of ['\u001B]', '\u001B[2J', '\u0007', '\u202E', '\nt_0000000000']) expect(out).not.toContain(hostile);
        expect(out).toContain('owned');
      }
    }
  });

  it('the commands that the README names in its text are taken', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const named = [...readme.matchAll(/`holdfast ([^`]+)`/g)].map(([, command = '']) => command.split(' '));
    expect(named.length).toBeGreaterThan(3);
    for (const words of named) {
      const { name, argv } = splitVerb(words, Object.keys(VERBS));
      const verb = VERBS[name];
      if (name !== 'help' && words.length > 1) expect(() => verb && parseVerb(name, verb, argv)).not.toThrow();
    }
  });

  it('a task that backs off says until when and why, and how a person ends that', async () => {
    const flaky = await createTask(cli, 'Flaky');
    await cli.run(['claim', flaky, '--worker', 'ada']);
    expect((await cli.run(['fail', flaky, '--run', '1', '--worker', 'ada', '--error', 'exit 1'])).out).toMatch(/ready, not before \d\d:\d\d:\d\d UTC/);
    const { out } = await cli.run(['show', flaky]);
    expect(out).toMatch(/waits for +its back-off, over in \d+s \(\d\d:\d\d:\d\d UTC\): run 1 failed, 1 in a row: exit 1/);
    expect(out).toContain(`next: holdfast unblock ${flaky}, to end the wait now`);
    expect((await cli.json(['show', flaky])).data['waiting_for']).toMatchObject([
      { kind: 'back_off', until: expect.any(String), run: 1, end: 'failed', failures: 1 },
    ]);
    expect((await cli.run(['list'])).out).toMatch(/back-off over in \d+s/);
    expect((await cli.run(['why', flaky])).out).toMatch(/waits +not claimable before .*: back-off after 1 in a row, 30s \(default\), at most 1h \(default\)/);
    expect(await cli.run(['claim', flaky])).toMatchObject({ exit: 4, err: expect.stringContaining('failed 1 in a row and backs off until') });
    await cli.run(['unblock', flaky]);
    expect((await cli.json(['show', flaky])).data).toMatchObject({ waiting_for: [], failures: 0 });
    await cli.run(['archive', flaky]);
  });

  it('events says what became of the task, not only of the run', async () => {
    await cli.run(['board', 'policy', '--set', 'retry_backoff=0']);
    const failing = await createTask(cli, 'Fails');
    for (const run of ['1', '2']) {
      await cli.run(['claim', failing, '--worker', 'ada']);
      await cli.run(['fail', failing, '--run', run, '--worker', 'ada', '--error', 'no']);
    }
    const { out } = await cli.run(['events', '--task', failing, '--type', 'RunFailed']);
    expect(out).toMatch(/run 1 failed → ready.*\n.*run 2 failed → blocked/);
  });

  it('every verb teaches with examples, both ways', async () => {
    for (const [name, { examples }] of Object.entries(VERBS)) {
      const help = await cli.run(['help', ...name.split(' ')]);
      expect(help.out).toContain(examples[0]);
      expect(await cli.run([...name.split(' '), '--help'])).toEqual(help);
      for (const example of examples) expect(example).toContain(name.split(' ')[0]);
    }
  });

  it('the command alone shows every verb and how to begin', async () => {
    const { exit, out } = await cli.run([]);
    expect(exit).toBe(0);
    for (const name of Object.keys(VERBS)) expect(out).toContain(`  ${name}`);
    expect(out).toContain('holdfast init');
  });

  it('every verb of the table loads', async () => {
    for (const { load } of Object.values(VERBS)) expect(typeof (await load())).toBe('function');
  });

  it('exit codes are those of the design', () => {
    expect(new Set(Object.values(EXITS))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
  });

  it('a store that is named is made where it is named', async () => {
    expect(await cli.json(['init', '--store', 'other/place'])).toMatchObject({ exit: 0, data: { created: true } });
    expect(await cli.json(['create', 'There', '--store', 'other/place'])).toMatchObject({ exit: 0 });
  });
});
