import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pasteable, pasteFor } from '../../../src/interfaces/cli/paste.ts';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { newInProcess, runIn } from './inProcess.ts';

const setting = (value: string, from: 'flag' | 'env' | 'default') => ({ value, from, where: '' });

describe('a command that is printed as a hint', () => {
  it.each([
    ['carries nothing where it finds its place by itself', 'holdfast list', setting('/b', 'default'), setting('main', 'default'), 'holdfast list'],
    ['carries a store that was given', 'holdfast list', setting('/a b', 'flag'), setting('main', 'default'), "holdfast list --store '/a b'"],
    ['carries a board that was given', 'holdfast list', setting('/b', 'default'), setting('main', 'flag'), 'holdfast list --board main'],
    ['carries a board that is not the default', 'holdfast list', setting('/b', 'env'), setting('nightly', 'env'), 'holdfast list --board nightly'],
    ['names its board once', 'holdfast serve --board a', setting('/b', 'flag'), setting('main', 'flag'), 'holdfast serve --board a --store /b'],
    ['needs no board for the store', 'holdfast rebuild', setting('/b', 'flag'), setting('a', 'flag'), 'holdfast rebuild --store /b'],
    ['tells no password', 'holdfast list', setting('esdb://ana:secret@host', 'flag'), setting('main', 'default'), "holdfast list --store 'esdb://…@host'"],
  ])('%s', (_, command, store, board, pasted) => expect(pasteFor({ store, board })(command)).toBe(pasted));

  it('is found in the words of a refusal by its backticks', () =>
    expect(
      pasteable('`holdfast show x` says why, `holdfast promote x` ends it', pasteFor({ store: setting('/b', 'flag'), board: setting('main', 'env') })),
    ).toBe('`holdfast show x --store /b` says why, `holdfast promote x --store /b` ends it'));
});

describe('the command for the next page of a list', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());

  it('asks the same again', async () => {
    for (const title of ['Pack', 'Ship', 'Tidy']) await createTask(cli, title, '--label', 'at home');
    await createTask(cli, 'Ask');
    const asked = ['list', '--status', 'ready', '--status', 'done', '--label', 'at home', '--limit', '2'];
    const { out } = await cli.run(asked);
    const [, command = '', after = ''] = /^more: holdfast (.*) --after (\d+)$/m.exec(out) ?? [];
    expect(command).toBe("list --status ready --status done --label 'at home' --limit 2");
    const last = await cli.run([...asked, '--after', after]);
    expect(last.out).toContain('Tidy');
    expect(last.out).not.toMatch(/Pack|Ship|Ask|more:/);
  });
});

/** Every command that was printed. */
const printed = (text: string): readonly string[] => [...text.matchAll(/holdfast (?!is )[a-z][^`\n;,]*/g)].map(([command]) => command.trim());

describe('hints of a board that was named', () => {
  let cli: Cli;
  const elsewhere = runIn('/');
  beforeAll(async () => {
    cli = await newInProcess();
    await cli.run(['board', 'create', 'nightly']);
  });
  afterAll(() => cli.remove());

  it('carry it and its store, in every verb, also when it says no', async () => {
    const place = ['--store', `${cli.dir}/.holdfast`, '--board', 'nightly'];
    const id = await createTask(cli, 'Pack', '--board', 'nightly');
    const blocked = await createTask(cli, 'Ask', '--board', 'nightly', '--status', 'blocked');
    const late = runIn('/', { clock: { ...systemClock(), now: () => Date.now() + 3_600_000 } });
    const said = [
      await elsewhere(['list', ...place, '--status', 'done']),
      await elsewhere(['show', id, ...place]),
      await elsewhere(['show', blocked, ...place]),
      await elsewhere(['show', 't_0000000000', ...place]),
      await elsewhere(['ready', ...place]),
      await elsewhere(['ready', '--explain', ...place]),
      await elsewhere(['release', id, ...place]),
      await elsewhere(['cancel', 't_0000000000', 't_0000000001', ...place]),
      await elsewhere(['claim', blocked, ...place]),
      await elsewhere(['claim', id, '--lease', '5s', ...place]),
      await late(['list', ...place]),
      await late(['show', id, ...place]),
      await late(['stats', ...place]),
      await late(['doctor', ...place]),
      await late(['diagnostics', ...place]),
      await elsewhere(['board', 'pause', ...place]),
      await elsewhere(['claim', '--next', ...place]),
      await elsewhere(['board', 'list', ...place]),
      await elsewhere(['where', ...place]),
      await elsewhere(['list', ...place, '--board', 'nope']),
    ].flatMap(({ out, err }) => printed(`${out}${err}`));
    expect(said.length).toBeGreaterThan(18);
    expect(said.filter((command) => !command.includes(` --store ${cli.dir}/.holdfast`))).toEqual([]);
    expect(said.filter((command) => !/ --board |^holdfast board (create|list)/.test(command))).toEqual([]);
  });

  it('say how a board that is not there is made where it was looked for', async () => {
    const { exit, err } = await elsewhere(['list', '--store', `${cli.dir}/gone`]);
    expect(exit).toBe(7);
    expect(err).toContain(`make a board there with \`holdfast init --store ${cli.dir}/gone\``);
  });
});
