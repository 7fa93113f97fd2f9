import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess } from './inProcess.ts';

const ada = (id: string): readonly string[] => [id, '--run', '1', '--worker', 'ada'];

describe('the verbs', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());

  const claimed = async (...args: readonly string[]): Promise<string> => {
    const id = await createTask(cli, 'A task', ...args);
    expect((await cli.run(['claim', id, '--worker', 'ada'])).exit).toBe(0);
    return id;
  };

  it('claim answers what a worker needs to know', async () => {
    const id = await createTask(cli, 'Pack', '--input', '{"files":["a"]}', '--lease', '3m');
    const { exit, data } = await cli.json(['claim', id, '--worker', 'ada']);
    expect(exit).toBe(0);
    expect(data).toMatchObject({
      task_id: id,
      run: 1,
      worker: 'ada',
      lease_ms: 180_000,
      lease_source: 'task',
      beat_within_ms: 60_000,
      previous_runs: [],
      task: { title: 'Pack', input: { files: ['a'] }, status: 'running' },
    });
  });

  it('the command that claim names next is taken as it stands, whoever claimed', async () => {
    for (const worker of [['--worker', 'w'], []]) {
      const id = await createTask(cli, 'Paste me');
      const { out } = await cli.run(['claim', id, ...worker]);
      const next = out.trim().split('next: holdfast ')[1] ?? '';
      expect(next).toBe(['complete', id, '--run', '1', ...worker].join(' '));
      expect(await cli.run(next.split(' '))).toMatchObject({ exit: 0, err: '' });
    }
  });

  it('a board whose tasks are all archived is not asked for a task that is none', async () => {
    const other = await newInProcess();
    const id = await createTask(other, 'Put away');
    await other.run(['archive', id]);
    expect((await other.run(['list'])).out).toBe('all tasks are archived (1 archived); next: holdfast list --status archived\n');
    expect((await other.run(['list', '--label', 'pack'])).out).toBe('no such task (1 archived)\n');
    await other.remove();
  });

  it.each([['board --help'], ['board -h'], ['help board'], ['board --json --help']])('%s gives one page that lists what a board can be told', async (line) => {
    const { exit, out } = await cli.run(line.split(' '));
    expect(exit).toBe(0);
    for (const verb of ['create', 'list', 'pause', 'resume', 'policy']) expect(out).toContain(`board ${verb}`);
    expect(out.match(/On every verb/g)?.length ?? 1).toBe(1);
  });

  it('the version is told to whoever asks, in each way that is usual', async () => {
    const said = await Promise.all([['--version'], ['-V'], ['version']].map((line) => cli.run(line)));
    expect(said).toEqual(said.map(() => ({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' })));
    expect((await cli.run(['help'])).out).toContain('-V, --version');
  });

  it('claim --export sets the environment that the other verbs read', async () => {
    const id = await createTask(cli, "It's quoted");
    const { out } = await cli.run(['claim', id, '--export', '--worker', "o'neil"]);
    expect(out).toContain(`export HOLDFAST_TASK='${id}'\nexport HOLDFAST_RUN='1'\nexport HOLDFAST_WORKER='o'\\''neil'\nexport HOLDFAST_LEASE='15m'`);
    const env = { HOLDFAST_TASK: id, HOLDFAST_RUN: '1', HOLDFAST_WORKER: "o'neil" };
    expect(await cli.json(['heartbeat', '--note', 'half'], env)).toMatchObject({ exit: 0, data: { task_id: id, run: 1, directive: 'continue' } });
    expect((await cli.run(['complete', '--summary', 'ok'], env)).exit).toBe(0);
    const { data } = await cli.json(['history', id]);
    expect(data['events']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'TaskCompleted', metadata: expect.objectContaining({ actor: { kind: 'agent', id: "o'neil", surface: 'cli' } }) }),
      ]),
    );
  });

  it('HOLDFAST_RUN counts only for HOLDFAST_TASK', async () => {
    const id = await claimed();
    const env = { HOLDFAST_TASK: 't_0000000000', HOLDFAST_RUN: '1', HOLDFAST_WORKER: 'ada' };
    expect(await cli.json(['heartbeat', id], env)).toMatchObject({ exit: 2, error: { code: 'RunRequired' } });
  });

  it('what only a holder may say of a task that nobody holds exits 4', async () => {
    const id = await createTask(cli, 'Ready');
    for (const verb of [['heartbeat'], ['progress', '--percent', '1'], ['fail', '--error', 'x'], ['release']] as const) {
      const [name, ...rest] = verb;
      expect(await cli.json([name, id, ...rest])).toMatchObject({ exit: 4, error: { code: 'NotRunning' } });
    }
    expect((await cli.run(['complete', id])).exit).toBe(0);
  });

  it('a fenced worker exits 5 and is told to stop', async () => {
    const id = await claimed();
    await cli.run(['reclaim', id, '--reason', 'wrong branch']);
    const { exit, error } = await cli.json(['complete', ...ada(id), '--summary', 'late']);
    expect(exit).toBe(5);
    expect(error).toMatchObject({ code: 'StaleRun', directive: 'stop', holder: null, reason: 'operator' });
    expect((await cli.run(['why', id])).out).toContain('late commands from run 1: CompleteTask, kept at rev');
  });

  it('completing twice by the same run is repeated, not refused', async () => {
    const id = await claimed();
    await cli.run(['complete', ...ada(id)]);
    expect(await cli.json(['complete', ...ada(id)])).toMatchObject({ exit: 0, data: { repeated: true } });
  });

  it('the same command id gives the first answer and writes nothing', async () => {
    const id = await createTask(cli, 'Once');
    const first = await cli.json(['comment', id, 'hello', '--command-id', 'c-1']);
    expect(await cli.json(['comment', id, 'hello', '--command-id', 'c-1'])).toEqual(first);
    expect(await cli.json(['comment', id, 'other', '--command-id', 'c-1'])).toMatchObject({ exit: 4, error: { code: 'CommandConflict' } });
  });

  it('several ids are answered one each, and the first failure decides the exit', async () => {
    const [a, b] = [await createTask(cli, 'A'), await createTask(cli, 'B')];
    const { exit, data } = await cli.json(['archive', a, 't_0000000000', b]);
    expect(exit).toBe(3);
    expect(data['results']).toMatchObject([{ task_id: a, data: { status: 'archived' } }, { error: { code: 'NotFound' } }, { task_id: b }]);
  });

  it('block, unblock, release, reopen, edit and assign say what became of the task', async () => {
    const id = await claimed();
    expect((await cli.run(['block', ...ada(id), '--reason', 'which files?'])).out).toBe(`${id} blocked (needs_input); next: holdfast unblock ${id}\n`);
    expect((await cli.run(['unblock', id])).out).toBe(`${id} ready\n`);
    expect((await cli.run(['edit', id, '--priority', '9'])).out).toBe(`${id} changed: priority\n`);
    expect((await cli.run(['assign', id, 'bob'])).out).toBe(`${id} ready\n`);
    expect((await cli.run(['claim', id, '--worker', 'bob'])).exit).toBe(0);
    expect((await cli.run(['release', id, '--run', '2', '--worker', 'bob'])).out).toBe(`${id} ready\n`);
    expect((await cli.run(['complete', id])).out).toBe(`${id} done\n`);
    expect((await cli.run(['reopen', id])).out).toBe(`${id} ready\n`);
    expect((await cli.run(['cancel', id])).out).toBe(`${id} archived\n`);
  });

  it('only a person lifts needs_input', async () => {
    const id = await claimed();
    await cli.run(['block', ...ada(id), '--reason', 'which?']);
    expect(await cli.json(['unblock', id, '--as', 'agent:bot'])).toMatchObject({ exit: 4, error: { code: 'HumanRequired' } });
    expect(await cli.json(['unblock', id, '--as', 'human:ana'])).toMatchObject({ exit: 0 });
  });

  it('an idempotency key makes one task', async () => {
    const first = await createTask(cli, 'Keyed', '--idempotency-key', 'k1');
    expect(await createTask(cli, 'Keyed', '--idempotency-key', 'k1')).toBe(first);
  });

  it('an unknown task exits 3 for every verb that reads it', async () => {
    for (const verb of ['show', 'history', 'why', 'runs', 'claim', 'complete', 'heartbeat']) {
      expect(await cli.json([verb, 't_0000000000'])).toMatchObject({ exit: 3, error: { code: 'NotFound' } });
    }
  });
});
