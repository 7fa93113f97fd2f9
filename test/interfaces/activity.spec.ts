import { expect, it } from '@jest/globals';
import { activityIn } from '../../src/interfaces/library/activity.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

it('a program under a claim keeps it by saying that it is active', async () => {
  const home = scratch();
  const { board, close } = await holdfastAt(home.folder);
  const created = await board.create({ title: 'Pack' });
  if (!created.ok) throw new Error(created.message);
  const { task_id } = created;
  await board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
  const env = { HOLDFAST_STORE: home.folder, HOLDFAST_BOARD: 'main', HOLDFAST_TASK: task_id, HOLDFAST_RUN: '1', HOLDFAST_WORKER: 'ada' };
  const problems: string[] = [];
  const place = { cwd: () => home.folder, report: (problem: string) => void problems.push(problem) };
  const active = activityIn({ ...place, env });
  expect([await active(), await active()]).toEqual(['beat', 'too_soon']);
  expect((await board.history(task_id)).at(-1)).toMatchObject({
    type: 'HeartbeatRecorded',
    data: { run: 1, worker: 'ada', source: 'activity' },
    metadata: { actor: { kind: 'agent', id: 'ada', surface: 'activity' } },
  });
  expect(await activityIn({ ...place, env: {} })()).toBe('no_claim');
  expect(await activityIn({ ...place, env: { ...env, HOLDFAST_RUN: 'latest' } })()).toBe('malformed');
  expect(problems).toHaveLength(1);
  await close();
  home.remove();
});
