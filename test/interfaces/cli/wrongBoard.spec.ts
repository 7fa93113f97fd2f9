import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess } from './inProcess.ts';

/** Each verb that names a task. */
const OF_A_TASK: readonly string[] = [
  'show ID',
  'why ID',
  'history ID',
  'runs ID',
  'log ID',
  'events --task ID',
  'diagnostics --task ID',
  'claim ID',
  'heartbeat ID',
  'heartbeat ID --run 1',
  'progress ID --percent 1 --run 1',
  'complete ID',
  'complete ID --run 1',
  'fail ID --error no',
  'fail ID --error no --run 1',
  'block ID --reason which',
  'release ID --run 1',
  'unblock ID',
  'reclaim ID',
  'cancel ID',
  'archive ID',
  'reopen ID',
  'assign ID bob',
  'edit ID --title x',
  'comment ID hello',
  'link ID --parent t_0000000001',
  'unlink ID --parent t_0000000001',
  'promote ID',
  'schedule ID --until 2999-01-01T00:00Z',
];
/** Verbs that name none. */
const OF_A_BOARD: readonly string[] = [
  'list',
  'ready',
  'ready --explain',
  'stats',
  'events',
  'diagnostics',
  'doctor',
  'doctor --read-only',
  'board policy',
  'board pause',
  'claim --next',
];
const words = (line: string, id = 't_0000000000'): readonly string[] => line.replace('ID', id).split(' ');
const NO_BOARD = 'there is no board nightly in this store; next: `holdfast board create nightly`, or `holdfast board list`';

describe('a board that is not there', () => {
  let cli: Cli;
  let id: string;
  beforeAll(async () => {
    cli = await newInProcess();
    id = await createTask(cli, 'Here');
    await cli.run(['board', 'create', 'other']);
  });
  afterAll(() => cli.remove());

  it.each([...OF_A_TASK, ...OF_A_BOARD])('is what %s speaks of, not of a task', async (line) => {
    const { exit, error } = await cli.json([...words(line), '--board', 'nightly']);
    expect({ exit, error }).toMatchObject({ exit: 3, error: { code: 'NotFound', message: NO_BOARD, board: 'nightly' } });
  });

  it.each(OF_A_TASK.filter((line) => !line.startsWith('diagnostics')))('does not keep %s from saying where a task is', async (line) => {
    const { exit, err } = await cli.run([...words(line, id), '--board', 'nightly']);
    expect({ exit, err }).toEqual({ exit: 3, err: `NotFound: there is no board nightly; ${id} is on main: give --board main\n` });
  });

  it.each(OF_A_TASK)('is not the only wrong one: %s says where a task is that is not on the board named', async (line) => {
    const { exit, err } = await cli.run([...words(line, id), '--board', 'other']);
    expect({ exit, err }).toEqual({ exit: 3, err: `NotFound: ${id} is not on board other but on main: give --board main\n` });
  });

  it('is no fault for doctor when nobody named it: it looks at every board', async () => {
    expect(await cli.json(['doctor'])).toMatchObject({ exit: 0 });
    expect((await cli.json(['doctor'], { HOLDFAST_BOARD: 'nightly' })).exit).toBe(3);
  });
});
