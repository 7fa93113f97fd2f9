import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess } from './inProcess.ts';

type Bad = readonly [what: string, args: readonly string[], exit: number, says: RegExp];
const ID = 't_7K3M9QX2VD';

const BAD: readonly Bad[] = [
  ['an unknown verb', ['hertbeat'], 2, /no verb ‘hertbeat’\. Did you mean heartbeat\?/],
  ['an unknown option', ['list', '--statsu', 'ready'], 2, /no option --statsu\. Did you mean --status\?/],
  ['an unknown short option', ['create', '-z', 'x'], 2, /no option -z/],
  ['an option without a verb', ['--versoin'], 2, /no option --versoin/],
  ['an empty label', ['create', 'x', '--label', ''], 2, /^labels\.0: a label has 1 to 100 characters \(given: ""\)$/m],
  ['too much done', ['heartbeat', ID, '--run', '1', '--percent', '101'], 2, /^percent: a percentage is a number from 0 to 100 \(given: 101\)$/m],
  ['an artifact without a name', ['complete', ID, '--artifact', ''], 2, /^artifacts\.0: an artifact has 1 to 1000 characters \(given: ""\)$/m],
  ['an empty comment', ['comment', ID, ''], 2, /^text: a comment may not be empty \(given: ""\)$/m],
  ['an empty key', ['create', 'x', '--idempotency-key', ''], 2, /^idempotency_key: an idempotency key has 1 to 500 characters/m],
  ['nobody to assign to', ['assign', ID, ''], 2, /^assignee: a worker’s name has 1 to 200 characters/m],
  ['a half verb', ['board'], 2, /needs one of: create, list, pause, resume, policy/],
  ['too little', ['create'], 2, /create needs TITLE/],
  ['too much', ['create', 'Say', 'hi'], 2, /‘hi’ is too much\. Quote/],
  ['an option without its value', ['create', 'x', '--label'], 2, /--label needs a value/],
  ['an option that swallows another', ['create', 'x', '--label', '--quiet'], 2, /‘--quiet’ looks like an option/],
  ['a value for a flag', ['create', 'x', '--quiet=yes'], 2, /--quiet ‘yes’ is not allowed: it takes no value/],
  ['a duration without a unit', ['claim', ID, '--lease', '90'], 2, /--lease ‘90’ is not allowed: it takes a number with a unit/],
  ['a negative duration', ['claim', ID, '--lease=-5m'], 2, /--lease ‘-5m’ is not allowed/],
  ['a lease out of range', ['claim', ID, '--lease', '1s'], 2, /--lease ‘1s’ is not allowed: it takes 5s to 1d$/m],
  ['a limit out of range', ['create', 'x', '--progress-timeout', '10ms'], 2, /--progress-timeout ‘10ms’ is not allowed: it takes 1s to 30d, or 0 for off$/m],
  ['a number that is none', ['heartbeat', ID, '--percent', 'half'], 2, /--percent ‘half’ is not allowed: it takes a number/],
  ['a fraction for a run', ['heartbeat', ID, '--run', '1.5'], 2, /--run ‘1\.5’ is not allowed/],
  ['run 0', ['heartbeat', ID, '--run', '0'], 2, /--run ‘0’ is not allowed/],
  ['JSON that is none', ['create', 'x', '--input', '{a:1}'], 2, /--input ‘\{a:1\}’ is not allowed: it takes JSON/],
  ['a choice that is none', ['list', '--status', 'stuck'], 2, /--status ‘stuck’ is not allowed: it takes triage, /],
  ['an id that is none', ['show', 'T-1'], 2, /‘T-1’ is not allowed: a task id, such as t_7K3M9QX2VD/],
  ['an id missing', ['heartbeat'], 2, /needs ID, or HOLDFAST_TASK set/],
  ['a parent that is no id', ['create', 'x', '--parent', 'first'], 2, /‘first’ is not allowed: a task id, such as/],
  ['an unknown parent', ['create', 'x', '--parent', 't_0000000000'], 2, /parents: t_0000000000: there is no such task on board main/],
  ['a link to nothing', ['link', ID], 2, /link needs --parent ID/],
  [
    'a schedule without a zone',
    ['create', 'x', '--schedule-until', '2030-01-01T00:00'],
    2,
    /--schedule-until ‘2030-01-01T00:00’ is not allowed: it takes a time with its zone/,
  ],
  ['a schedule that is no time', ['schedule', ID, '--until', 'tomorrow'], 2, /--until ‘tomorrow’ is not allowed: it takes a time with its zone, such as/],
  ['a schedule on a day that is not', ['schedule', ID, '--until', '2030-02-31T99:00Z'], 2, /--until ‘2030-02-31T99:00Z’ is not allowed/],
  ['a schedule on 31 February', ['create', 'x', '--schedule-until', '2030-02-31T06:00Z'], 2, /--schedule-until ‘2030-02-31T06:00Z’ is not allowed/],
  ['a look back at 29 February of a common year', ['list', '--at', '2026-02-29'], 2, /--at ‘2026-02-29’ is not allowed: it takes a time such as/],
  ['a look back at 31 April', ['show', ID, '--at', '2026-04-31T00:00Z'], 2, /--at ‘2026-04-31T00:00Z’ is not allowed/],
  [
    'a schedule that is over',
    ['create', 'x', '--schedule-until', '2020-01-01T00:00Z'],
    2,
    /scheduled_until: 2020-01-01T00:00:00\.000Z is over; it takes a time after now, 20/,
  ],
  ['a schedule without a time', ['schedule', ID], 2, /schedule needs --until TIME/],
  ['an empty title', ['create', ''], 2, /title: a title may not be blank \(given: ""\)$/m],
  ['a priority out of range', ['create', 'x', '--priority', '9999'], 2, /priority: a priority is a whole number from -1000 to 1000 \(given: 9999\)$/m],
  ['a limit of no failures', ['create', 'x', '--failure-limit', '0'], 2, /--failure-limit ‘0’ is not allowed: it takes 1 to 1000$/m],
  ['no id at all', ['show'], 2, /show needs ID\. See: holdfast help show$/m],
  ['a page of what has no pages', ['ready', '--after', 'foo'], 2, /ready has no option --after/],
  ['a task to run as an argument', ['run', ID, '--', 'true'], 2, /Give --task t_7K3M9QX2VD\./],
  ['a title too long', ['create', 'x'.repeat(501)], 2, /at most 500 characters/],
  ['a body of 2 MiB', ['create', 'x', '--body', 'b'.repeat(2 ** 21)], 2, /body: a body may have at most 65536 characters \(given: "b+… 2097154 characters\)/],
  ['an input of 2 MiB', ['create', 'x', '--input', `"${'b'.repeat(2 ** 21)}"`], 2, /input: an input may be at most 64 KiB as JSON/],
  ['a note of 2 MiB', ['heartbeat', ID, '--run', '1', '--note', 'n'.repeat(2 ** 21)], 2, /note: a note may have at most 2000 characters/],
  [
    'a wait without a unit',
    ['fail', ID, '--run', '1', '--error', 'no', '--retry-after', '600'],
    2,
    /--retry-after ‘600’ is not allowed: it takes a number with/,
  ],
  ['a negative wait', ['fail', ID, '--run', '1', '--error', 'no', '--retry-after=-10m'], 2, /--retry-after ‘-10m’ is not allowed/],
  ['a wait out of range', ['fail', ID, '--run', '1', '--error', 'no', '--retry-after', '2d'], 2, /retry_after_ms: it takes from 1s to 1d \(given: 172800000\)/],
  ['a wait of what met no limit', ['fail', ID, '--run', '1', '--error', 'no', '--outcome', 'failed', '--retry-after', '1m'], 2, /outcome rate_limited only/],
  ['claim of nothing', ['claim'], 2, /claim takes either ID or --next/],
  ['claim of both', ['claim', ID, '--next'], 2, /claim takes either ID or --next/],
  ['a pid that does not live', ['claim', ID, '--pid', '999999999'], 2, /--pid ‘999999999’/],
  ['a policy that is none', ['board', 'policy', '--set', 'claim_tl=5m'], 2, /no policy ‘claim_tl’\. Did you mean claim_ttl\?/],
  ['a policy out of range', ['board', 'policy', '--set', 'claim_ttl=1s'], 2, /claim_ttl ‘1s’ is not allowed: 5s to 1d/],
  ['a board name', ['create', 'x', '--board', 'My Board'], 2, /board ‘My Board’ is not allowed/],
  ['a scheme in capitals, which is no folder either', ['init', '--store', 'ESDB://localhost'], 7, /ESDB: is no store/],
  ['a board that is not there', ['create', 'x', '--board', 'nightly'], 3, /nightly/],
  ['a list of a board that is not there', ['list', '--board', 'nightly'], 3, /no board nightly/],
  ['a task of a board that is not there', ['show', ID, '--board', 'nightly'], 3, /there is no board nightly/],
  ['the reason of a board that is not there', ['why', ID, '--board', 'nightly'], 3, /there is no board nightly/],
  ['the events of a board that is not there', ['events', '--board', 'nightly'], 3, /there is no board nightly/],
  ['the events of a task that is not there', ['events', '--task', ID], 3, /there is no task t_7K3M9QX2VD on board main/],
  ['to follow a task that is not there', ['events', '--follow', '--task', ID], 3, /there is no task t_7K3M9QX2VD on board main/],
  ['a look at a position that the log has not reached', ['list', '--at', '999999'], 3, /the log has no position 999999; its last is \d+$/m],
  ['a claim on a board that is not there', ['claim', '--next', '--board', 'nightly'], 3, /no board nightly/],
  ['a watch over a board that is not there', ['serve', '--board', 'nightly'], 3, /^NotFound: there is no board nightly/],
  ['work on a board that is not there', ['work', '--board', 'nightly', '--', process.execPath], 3, /^NotFound: there is no board nightly/],
  ...['show', 'history', 'list'].map((verb): [string, string[], number, RegExp] => [
    `a look at what is yet to come, in ${verb}`,
    [verb, ...(verb === 'list' ? [] : [ID]), '--at', '2999-01-01T00:00Z'],
    2,
    /--at ‘2999-01-01T00:00Z’ is yet to come: it is 20/,
  ]),
  ['a point in the past', ['show', ID, '--at', 'yesterday'], 2, /--at ‘yesterday’ is not allowed/],
  ['work without a command', ['work'], 2, /work needs a command after --/],
  ['work with a command that is not there', ['work', '--', 'no-such-command'], 2, /command not found: no-such-command/],
  ['a policy for nobody', ['block', ID], 2, /block needs --reason/],
  ['an actor', ['create', 'x', '--as', 'ana'], 2, /as ‘ana’ is not allowed: human:NAME/],
  ['a store that is not there', ['list', '--store', './nowhere'], 7, /nowhere/],
  ['a store of another kind', ['list', '--store', 'redis://x'], 7, /redis:/],
];

describe('bad input', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());

  it.each(BAD)('%s is refused with its exit code, its value and what is allowed', async (_, args, exit, says) => {
    const ran = await cli.run(args);
    expect({ exit: ran.exit, out: ran.out }).toEqual({ exit, out: '' });
    expect(ran.err).toMatch(says);
  });

  it('wrote nothing', async () => {
    expect((await cli.json(['list'])).data['tasks']).toEqual([]);
    expect(readdirSync(cli.dir)).toEqual(['.holdfast']);
  });

  it('is one JSON document on stdout under --json', async () => {
    const { exit, out, err } = await cli.run(['lst', '--json']);
    expect({ exit, err }).toEqual({ exit: 2, err: '' });
    expect(JSON.parse(out)).toMatchObject({ schema_version: 1, error: { code: 'Usage', nearest: 'list' } });
  });

  it.each([
    ['HOLDFAST_RUN', 'one'],
    ['HOLDFAST_TASK', 'mine'],
    ['HOLDFAST_BOARD', 'My Board'],
    ['HOLDFAST_LOG', 'foo'],
  ])('a malformed %s is reported, not ignored', async (variable, value) => {
    const { exit, err } = await cli.run(['heartbeat', ID], { [variable]: value });
    expect(exit).toBe(2);
    expect(err).toContain(`‘${value}’ is not allowed`);
    expect(err).toContain(variable);
  });

  it('a project file with an unknown key is refused, with its path', async () => {
    const path = join(cli.dir, 'holdfast.json');
    writeFileSync(path, '{"bord":"main"}');
    const { exit, err } = await cli.run(['list']);
    expect({ exit, named: err.includes(path) && err.includes('bord') }).toEqual({ exit: 2, named: true });
    writeFileSync(path, '{"board":"main"}');
    expect(await cli.json(['where'])).toMatchObject({ data: { board: { value: 'main', from: 'project file', where: path } } });
  });

  it.each([['init'], ['list'], ['copy', '--to', './elsewhere', '--from']])('a store that is some other file is called so: %s', async (...words) => {
    const file = join(cli.dir, 'taken');
    writeFileSync(file, '');
    const { exit, err } = await cli.run([...words, ...(words.length > 1 ? [file] : ['--store', file])]);
    expect({ exit, err }).toEqual({ exit: 7, err: expect.stringMatching(/taken is a file, not a Holdfast log; name a folder, or a file that ends in \.db$/m) });
  });

  it.each(['init', 'list'])('a store below a file is no defect: %s', async (verb) => {
    writeFileSync(join(cli.dir, 'taken'), '');
    for (const below of ['taken/below', 'taken/log.db'])
      expect(await cli.run([verb, '--store', below])).toMatchObject({ exit: 7, err: expect.stringMatching(/taken is a file, not a folder; name a folder/) });
  });

  it('a store where no folder can be made is named, and is no defect', async () => {
    const long = join(cli.dir, 'n'.repeat(300));
    const { exit, err } = await cli.run(['init', '--store', long]);
    expect(exit).toBe(7);
    expect(err).toContain(`cannot make the folder ${long}`);
  });

  it('a revision that a task has not reached is not shown as its last', async () => {
    const id = await createTask(cli, 'Young');
    for (const verb of ['show', 'history']) {
      expect(await cli.run([verb, id, '--at', '99'])).toMatchObject({ exit: 3, err: `NotFound: ${id} has no revision 99; its last is 0\n` });
      expect((await cli.run([verb, id, '--at', '0'])).exit).toBe(0);
    }
  });

  it('several ids are all checked before the first is acted upon', async () => {
    const id = await createTask(cli, 'Stay');
    expect((await cli.run(['archive', id, 'nonsense'])).exit).toBe(2);
    expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'ready' } });
  });
});
