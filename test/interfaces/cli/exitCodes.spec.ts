import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, EXITS } from '../../../src/interfaces/cli/exits.ts';
import { createTask, type Cli } from '../../e2e/support/cli.ts';
import { newInProcess, runIn } from './inProcess.ts';

const [CODES = '', SIGNALS = ''] = readFileSync(new URL('../../../docs/exit-codes.md', import.meta.url), 'utf8').split('## Ctrl-C');
const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

const cells = (table: string): readonly (readonly string[])[] =>
  table
    .split('\n')
    .filter((line) => /^\| [`\d]/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

describe('the page of the exit codes', () => {
  it('has every code that a verb answers with, and what is told with it', () => {
    const exits: readonly string[] = Object.values(EXIT).map(String);
    const listed = cells(CODES).filter(([exit = '']) => exits.includes(exit));
    const known = exits.map((exit) => [
      exit,
      Object.entries(EXITS)
        .filter(([, of]) => String(of) === exit)
        .map(([code]) => code)
        .toSorted(),
    ]);
    expect(listed.map(([exit, , codes = '']) => [exit, [...codes.matchAll(/\w+/g)].map(([code]) => code)])).toEqual(known);
  });

  it('agrees with the one line of the README', () => {
    const [line = ''] = /^0 ok · .*$/m.exec(README) ?? [];
    expect(line.split(' · ').map((entry) => entry.split(' ')[0])).toEqual([...Object.values(EXIT).map(String), '125']);
  });
});

const env = { PATH: process.env['PATH'] ?? '', HOLDFAST_LOG: 'silent' };

describe('a signal', () => {
  let cli: Cli;
  let other: string;
  beforeEach(async () => {
    cli = await newInProcess();
    other = join(cli.dir, 'other');
  });
  afterEach(() => cli.remove());

  it.each(cells(SIGNALS).filter(([verb]) => verb !== '`demo`'))('ends %s with exit %s', async (verb = '', exit) => {
    const task_id = await createTask(cli, 'Signalled');
    if (verb.includes('log')) await cli.run(['work', '--until-empty', '--', 'echo', 'said'], env);
    if (verb.includes('--wait')) await cli.run(['claim', task_id]);
    const rest: Readonly<Record<string, readonly string[]>> = {
      work: ['--', 'sleep', '600'],
      run: ['--task', task_id, '--', 'sh', '-c', 'echo begun; exec sleep 600'],
      claim: ['10m'],
      log: [task_id],
      copy: ['--to', other],
    };
    const words = verb.replaceAll('`', '').split(' ');
    const stop = new AbortController();
    // The command of `run` is to have begun: its first word comes here.
    if (verb !== '`run`') stop.abort('SIGINT');
    const ended = await runIn(cli.dir, { stopped: () => stop.signal, out: () => stop.abort('SIGINT') })([...words, ...(rest[words[0] ?? ''] ?? [])], env);
    expect({ ...ended, exit: String(ended.exit) }).toMatchObject({ exit });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ])('%s ends run with %i before its command began, which gives the claim back', async (signal, exit) => {
    const task_id = await createTask(cli, 'Signalled');
    const ran = await runIn(cli.dir, { stopped: () => AbortSignal.abort(signal) })(['run', '--task', task_id, '--', 'touch', 'begun'], env);
    expect(ran).toEqual({ exit, out: '', err: 'stopped before it began\n' });
    expect(await cli.json(['runs', task_id])).toMatchObject({ data: { runs: [{ end: 'shutdown', counts_as_failure: false }] } });
  });
});
