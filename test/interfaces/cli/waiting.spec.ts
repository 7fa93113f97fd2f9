import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { newInProcess, runIn } from './inProcess.ts';

const MINUTE = 60_000;
const at = (ms: number) => ({ ...systemClock(), now: () => Date.now() + ms });

describe('what nobody can claim beside a lease that is over', () => {
  it('is not only said to run: it is overdue, and by then nobody watches', async () => {
    const cli = await newInProcess();
    const id = await createTask(cli, 'Left behind');
    await cli.run(['claim', id, '--worker', 'ada', '--lease', '5s']);
    expect(await cli.run(['claim', '--next'])).toMatchObject({ exit: 6, out: 'nothing to claim: all tasks wait (1 on running)\n' });
    const [soon, late] = [runIn(cli.dir, { clock: at(30_000) }), runIn(cli.dir, { clock: at(60 * MINUTE) })];
    expect((await soon(['claim', '--next'])).out).toMatch(
      new RegExp(`^nothing to claim: all tasks wait \\(1 on running\\); 1 of 1 open claims overdue: ${id} run 1 since .*; counts as unwatched from .*\n$`),
    );
    expect((await late(['claim', '--next'])).out).toMatch(/; 1 of 1 open claims overdue: .*; nobody is watching; next: holdfast serve\n$/);
    const { data } = JSON.parse((await late(['claim', '--next', '--json'])).out);
    expect(data).toMatchObject({ task: null, why: 'waiting', waiting: { running: 1 }, overdue: [{ task_id: id, run: 1, worker: 'ada' }] });
    await cli.remove();
  });
});

describe('from when a run counts as unwatched', () => {
  it('is told by claim as by show: by the limits of the board', async () => {
    const cli = await newInProcess();
    await cli.run(['board', 'policy', '--set', 'diagnose_overdue=10m']);
    const id = await createTask(cli, 'Watched');
    const { task } = (await cli.json(['claim', id])).data;
    expect(task).toMatchObject({ unwatched_after: { diagnose_overdue_ms: 10 * MINUTE } });
    const { unwatched_from, unwatched_after } = (await cli.json(['show', id])).data;
    expect(task).toMatchObject({ unwatched_from, unwatched_after });
    await cli.remove();
  });
});

describe('what tasks wait for', () => {
  let cli: Cli;
  const ids: Record<string, string> = {};
  const id = (name: string): string => ids[name] ?? '';
  beforeAll(async () => {
    cli = await newInProcess();
    await cli.run(['board', 'policy', '--set', 'retry_backoff=1h']);
    ids['flaky'] = await createTask(cli, 'Flaky', '--priority', '9');
    await cli.run(['claim', id('flaky'), '--worker', 'ada']);
    await cli.run(['fail', id('flaky'), '--run', '1', '--worker', 'ada', '--error', 'exit 1']);
    ids['free'] = await createTask(cli, 'Free');
    ids['adas'] = await createTask(cli, 'For Ada', '--assignee', 'ada');
    ids['asks'] = await createTask(cli, 'Asks', '--status', 'blocked');
  });
  afterAll(() => cli.remove());

  const kinds = (data: unknown): readonly (readonly [string, readonly string[]])[] => {
    const { tasks }: { readonly tasks: readonly { readonly task_id: string; readonly waiting_for: readonly { readonly kind: string }[] }[] } = JSON.parse(
      JSON.stringify(data),
    );
    return tasks.map(({ task_id, waiting_for }) => [Object.keys(ids).find((name) => ids[name] === task_id) ?? task_id, waiting_for.map(({ kind }) => kind)]);
  };

  it('show, list and ready --explain tell in one shape', async () => {
    const shown = (await cli.json(['show', id('flaky')])).data['waiting_for'];
    expect(shown).toEqual([{ kind: 'back_off', until: expect.any(String), run: 1, end: 'failed', failures: 1 }]);
    const listed = (await cli.json(['list'])).data;
    expect(listed['tasks']).toContainEqual(expect.objectContaining({ task_id: id('flaky'), waiting_for: shown }));
    expect(kinds(listed)).toEqual([
      ['flaky', ['back_off']],
      ['free', []],
      ['adas', ['assignee']],
      ['asks', ['blocked']],
    ]);
    expect(kinds((await cli.json(['ready'])).data)).toEqual([['free', []]]);
    expect(kinds((await cli.json(['ready', '--explain', '--assignee', 'ada'])).data)).toEqual([
      ['flaky', ['back_off']],
      ['free', []],
      ['adas', []],
      ['asks', ['blocked']],
    ]);
  });

  it('ready --explain gives a line for each, with what to type', async () => {
    const lines = (await cli.run(['ready', '--explain'])).out.trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${id('flaky')}  ready    Flaky    waits for its back-off, over in \\d.*: run 1 failed, 1 in a row; next: holdfast unblock ${id('flaky')}$`,
        ),
      ),
      `${id('free')}  ready    Free     can be claimed now; next: holdfast claim ${id('free')}`,
      `${id('adas')}  ready    For Ada  waits for ada: only that name may claim it; next: holdfast claim ${id('adas')} --worker ada`,
      `${id('asks')}  blocked  Asks     waits for a person: it was created blocked; next: holdfast unblock ${id('asks')}`,
    ]);
  });

  it('advises a claim that the board accepts, whoever is asked about', async () => {
    const claim = `holdfast claim ${id('adas')} --worker ada`;
    expect((await cli.run(['ready', '--explain', '--assignee', 'ada'])).out).toContain(`can be claimed now; next: ${claim}`);
    expect(await cli.run(['claim', id('adas')])).toMatchObject({
      exit: 4,
      err: expect.stringContaining('is assigned to ada: claim it as that worker, with --worker ada'),
    });
  });

  it('advises a command that a shell takes as it is meant, whatever the assignee is called', async () => {
    const other = await newInProcess();
    const task = await createTask(other, 'For a strange name', '--assignee', 'bob; date');
    const claim = `next: holdfast claim ${task} --worker 'bob; date'\n`;
    expect((await other.run(['ready', '--explain'])).out).toContain(claim);
    expect((await other.run(['ready', '--explain', '--assignee', 'bob; date'])).out).toContain(claim);
    expect((await other.run(['show', task])).out).toContain(claim);
    await other.remove();
  });

  it('promote of a task that is ready, but waits, says for what', async () => {
    expect((await cli.run(['promote', id('flaky')])).out).toMatch(
      new RegExp(`^${id('flaky')} ready, waits for its back-off, over in .*; next: holdfast unblock ${id('flaky')}\n$`),
    );
    expect((await cli.run(['promote', id('free')])).out).toBe(`${id('free')} ready\n`);
  });

  it('ready points to the tasks that wait where nothing is ready', async () => {
    expect((await cli.run(['ready', '--label', 'none'])).out).toBe('nothing is ready\n');
    await cli.run(['create', 'Waits', '--status', 'blocked', '--label', 'waits']);
    expect((await cli.run(['ready', '--label', 'waits'])).out).toBe('nothing is ready; next: holdfast ready --explain\n');
  });

  it('a task that nobody has claimed for ten minutes says so, in show as in list', async () => {
    const later = runIn(cli.dir, { clock: at(11 * MINUTE) });
    expect((await later(['show', id('free')])).out).toMatch(/waits for +a worker: nobody has claimed it for \d+m/);
    expect((await later(['ready', '--explain'])).out).toMatch(/waits for a worker: nobody has claimed it for \d+m/);
  });

  it('a cap stands in list and ready --explain, in the answer to a claim, and a claim beyond it exits 6', async () => {
    await cli.run(['claim', id('free'), '--worker', 'bob']);
    await cli.run(['board', 'policy', '--set', 'max_running=1']);
    ids['next'] = await createTask(cli, 'Next');
    const cap = { kind: 'cap', limit: 'max_running', cap: 1, source: 'board', open: 1, assignee: null };
    expect((await cli.json(['list'])).data['tasks']).toContainEqual(expect.objectContaining({ task_id: id('next'), waiting_for: [cap] }));
    expect((await cli.run(['ready', '--explain'])).out).toContain(
      'waits for a place: 1 running on board main, the cap is 1 (max_running, board); next: holdfast list --status running',
    );
    const nothing = await cli.json(['claim', '--next', '--worker', 'cyn']);
    expect(nothing).toMatchObject({ exit: 6, data: { task: null, why: 'capped', waiting_for: [cap] } });
    expect(await cli.run(['claim', '--next', '--worker', 'cyn'])).toEqual({
      exit: 6,
      out: 'nothing to claim: 1 running on board main, the cap is 1 (max_running, board)\n',
      err: '',
    });
    expect(await cli.json(['claim', id('next')])).toMatchObject({ exit: 6, error: { code: 'AtCap', cap: 1, open: 1 } });
    await cli.run(['board', 'policy', '--unset', 'max_running']);
  });

  it('a pause stands in show, list and the answer to a claim, with its reason', async () => {
    await cli.run(['board', 'pause', '--reason', 'release']);
    const pause = { kind: 'pause', since: expect.any(String), reason: 'release' };
    expect((await cli.json(['show', id('next')])).data['waiting_for']).toEqual([expect.objectContaining(pause)]);
    expect((await cli.json(['claim', '--next'])).data).toMatchObject({ why: 'paused', waiting_for: [pause] });
    expect((await cli.run(['show', id('next')])).out).toMatch(/waits for +the board, paused since .*: release\n[^]*next: holdfast board resume/);
    await cli.run(['board', 'resume']);
  });

  it.each(['0', '-1', '1.5', 'three', '100001'])('a cap of %s is refused, with the value and the range', async (value) => {
    for (const option of ['--cap', '--cap-per-assignee'])
      expect(await cli.run(['claim', '--next', option, value])).toMatchObject({
        exit: 2,
        err: expect.stringContaining(`${option} ‘${value}’ is not allowed: it takes a whole number from 1 to 100000`),
      });
    expect(await cli.run(['work', '--cap', value, '--', process.execPath])).toMatchObject({ exit: 2, err: expect.stringContaining(`--cap ‘${value}’`) });
    const policy = await cli.run(['board', 'policy', '--set', `max_running=${value === '0' ? '-0' : value}`]);
    expect(policy).toMatchObject({ exit: 2, err: expect.stringContaining('1 to 100000, or 0 for off') });
  });
});
