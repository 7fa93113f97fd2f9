import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { newInProcess, runIn } from './inProcess.ts';

describe('what tasks wait for, on the command line', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());
  const text = async (...args: readonly string[]) => (await cli.run(args)).out.trim();
  const statusOf = async (id: string) => (await cli.json(['show', id])).data['status'];

  it('a task with parents waits, shows for whom, and goes on when they are done, without a server', async () => {
    const [one, two] = [await createTask(cli, 'One'), await createTask(cli, 'Two')];
    const child = await createTask(cli, 'Both', '--parent', one, '--parent', two);
    expect(await cli.json(['show', child])).toMatchObject({
      data: {
        status: 'todo',
        parents: [
          { task_id: one, status: 'ready', finished: false, waived: false },
          { task_id: two, status: 'ready', finished: false, waived: false },
        ],
        waiting_for: [{ kind: 'dependencies', unfinished: 2, parents: [one, two] }],
      },
    });
    expect(await text('show', child)).toContain(`waits for  2 parents: ${one}, ${two}`);
    expect(await text('list', '--parent', one)).toContain(`${child}  todo  after 2 parents  Both`);
    await cli.run(['complete', one]);
    expect(await statusOf(child)).toBe('todo');
    expect(await text('list', '--parent', one)).toContain(`${child}  todo  after 1 parent  Both`);
    await cli.run(['archive', two]);
    expect(await statusOf(child)).toBe('ready');
    expect(await text('history', child)).toMatch(new RegExp(`TaskPromoted +→ ready ${two} archived \\(rev 1, 1 of 2 parents\\)`));
  });

  it('a claim of a waiting task is refused, with what to do', async () => {
    const one = await createTask(cli, 'One');
    const child = await createTask(cli, 'Child', '--parent', one);
    expect(await cli.run(['claim', child])).toMatchObject({ exit: 4, err: expect.stringContaining(`holdfast show ${child}`) });
  });

  it('link and unlink say how the task stands then; a cycle is refused with its path', async () => {
    const [one, two] = [await createTask(cli, 'One'), await createTask(cli, 'Two')];
    expect(await text('link', two, '--parent', one)).toBe(`${two} todo, waits for ${one}`);
    expect(await text('link', two, '--parent', one)).toBe(`${two} todo, waits for ${one} (linked already)`);
    expect(await cli.json(['link', one, '--parent', two])).toMatchObject({ exit: 4, error: { code: 'DependencyCycle', path: [one, two, one] } });
    expect(await cli.run(['link', one, '--parent', one])).toMatchObject({ exit: 4, err: expect.stringContaining(`${one} cannot wait for itself`) });
    expect(await text('unlink', two, '--parent', one, '--reason', 'not needed')).toBe(`${two} ready`);
    expect(await text('history', two)).toMatch(
      /TaskLinked .* waits for .*\n.*TaskDemoted .*\n.*TaskUnlinked .* "not needed"\n.*TaskPromoted .* → ready .* unlinked/,
    );
  });

  it('promote is refused while a parent is open, unless by force', async () => {
    const one = await createTask(cli, 'One');
    const child = await createTask(cli, 'Child', '--parent', one);
    expect(await cli.json(['promote', child])).toMatchObject({ exit: 4, error: { code: 'WaitsForParents', waits_for: [one] } });
    expect(await text('promote', child, '--force', '--reason', 'now')).toBe(`${child} ready`);
    expect((await cli.run(['claim', child])).exit).toBe(0);
  });

  it('schedule keeps a task back until its time; promote ends the wait', async () => {
    const id = await createTask(cli, 'Later');
    expect(await text('schedule', id, '--until', '2100-01-01T02:00+02:00')).toBe(`${id} scheduled until 2100-01-01T00:00:00.000Z`);
    expect(await cli.json(['show', id])).toMatchObject({
      data: { scheduled_until: '2100-01-01T00:00:00.000Z', waiting_for: [{ kind: 'schedule', until: '2100-01-01T00:00:00.000Z' }] },
    });
    expect((await cli.run(['claim', id])).exit).toBe(4);
    expect(await text('promote', id)).toBe(`${id} ready`);
    const begun = await createTask(cli, 'Begun', '--schedule-until', '2100-01-01T00:00:00Z');
    expect(await statusOf(begun)).toBe('scheduled');
  });

  it('a scheduled task waits for its parents too: it says so, and promote ends only the wait for its time', async () => {
    const one = await createTask(cli, 'One');
    const child = await createTask(cli, 'Child', '--parent', one, '--schedule-until', '2100-01-01T00:00:00Z');
    const waits = [
      { kind: 'schedule', until: '2100-01-01T00:00:00.000Z' },
      { kind: 'dependencies', unfinished: 1, parents: [one] },
    ];
    expect((await cli.json(['show', child])).data['waiting_for']).toEqual(waits);
    expect((await cli.json(['list', '--status', 'scheduled', '--parent', one])).data['tasks']).toMatchObject([{ waiting_for: waits }]);
    expect(await text('show', child)).toContain(`next: holdfast promote ${child}, to end the wait now`);
    expect(await text('promote', child)).toBe(`${child} todo, waits for its parents; next: holdfast promote ${child} --force, to go on without them`);
  });

  it('a schedule that is over while nobody watches says who wakes the task', async () => {
    const id = await createTask(cli, 'Later', '--schedule-until', '2100-01-01T00:00:00Z');
    const later = runIn(cli.dir, { clock: { ...systemClock(), now: () => Date.parse('2100-01-01T00:00:02Z') } });
    expect((await later(['show', id])).out).toContain('due since 2100-01-01 00:00:00 UTC (2s ago); holdfast claim --next, serve or work does');
    expect((await later(['list', '--status', 'scheduled'])).out).toContain(`${id}  scheduled  due 2s ago  Later`);
  });

  it('reopening a parent makes its children wait again', async () => {
    const one = await createTask(cli, 'One');
    const child = await createTask(cli, 'Child', '--parent', one);
    await cli.run(['complete', one]);
    await cli.run(['reopen', one]);
    expect(await statusOf(child)).toBe('todo');
  });

  it('a parent of another board is refused, naming both boards', async () => {
    await cli.run(['board', 'create', 'nightly']);
    const there = (await cli.run(['create', '-q', 'There', '--board', 'nightly'])).out.trim();
    expect(await cli.json(['create', 'Here', '--parent', there])).toMatchObject({
      exit: 2,
      error: { code: 'InvalidInput', message: expect.stringContaining(`${there}: it is on board nightly; a parent must be on the same board, main`) },
    });
  });

  it('each verb has help with an example', async () => {
    const NEEDS: Partial<Record<string, string>> = { link: ' --parent ID [options]', unlink: ' --parent ID [options]', schedule: '... --until TIME [options]' };
    for (const verb of ['link', 'unlink', 'promote', 'schedule']) {
      const help = await text('help', verb);
      expect(help).toContain(`Usage:\n  holdfast ${verb} ID${NEEDS[verb] ?? '... [options]'}`);
      expect(help).toContain('Examples:');
    }
  });
});
