import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Board } from '../../src/board/board.ts';
import { activityBridge } from '../../src/worker/activityBridge.ts';
import { claimOfEnvironment } from '../../src/worker/claimOfEnvironment.ts';
import { virtualClock } from './support/virtualClock.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.close());

const bridge = (env: Readonly<Record<string, string | undefined>>, board: () => Promise<Pick<Board, 'execute'>> = async () => shop.board) => {
  const clock = virtualClock();
  const [opened, problems]: [string[], string[]] = [[], []];
  const open = async (claim: { readonly task_id: string }) => {
    opened.push(claim.task_id);
    return board();
  };
  return { clock, opened, problems, active: activityBridge({ env, open, clock, report: (problem) => problems.push(problem) }) };
};

const environment = (taskId: string) => ({ HOLDFAST_TASK: taskId, HOLDFAST_RUN: '1', HOLDFAST_WORKER: 'ada', HOLDFAST_LEASE: '15m' });

describe('the activity bridge', () => {
  it('does nothing, and opens nothing, without a worker environment', async () => {
    const { active, opened } = bridge({ HOLDFAST_STORE: '/somewhere', HOLDFAST_TASK: 't_7K3M9QX2VD' });
    expect(await active()).toBe('no_claim');
    expect(opened).toEqual([]);
  });

  it('beats for the claim at the first sign of life, then at most once a minute', async () => {
    const { task_id } = await shop.claim();
    const { active, opened, clock } = bridge(environment(task_id));
    expect(opened).toEqual([]);
    expect([await active(), await active()]).toEqual(['beat', 'too_soon']);
    await clock.advance(60_000);
    expect(await active()).toBe('beat');
    expect(opened).toEqual([task_id]);
    expect((await shop.event(task_id, 'HeartbeatRecorded')).data.source).toBe('activity');
  });

  it('beats at once for the next claim of the same program: its lease may be much shorter', async () => {
    const [first, second] = [await shop.claim(), await shop.claim({}, 5000)];
    const env: Record<string, string> = environment(first.task_id);
    const { active, clock, opened } = bridge(env);
    expect(await active()).toBe('beat');
    Object.assign(env, { HOLDFAST_TASK: second.task_id, HOLDFAST_LEASE: '5s' });
    expect([await active(), await active()]).toEqual(['beat', 'too_soon']);
    await clock.advance(5000);
    expect(await active()).toBe('beat');
    expect(opened).toEqual([first.task_id]);
  });

  it('says to stop when the run is over', async () => {
    const { task_id } = await shop.claim();
    await shop.cancel(task_id);
    expect(await bridge(environment(task_id)).active()).toBe('stop');
  });

  it('never throws when the store cannot be opened, and tries again after the interval', async () => {
    const { task_id } = await shop.claim();
    let down = true;
    const { active, clock } = bridge(environment(task_id), async () => {
      if (down) throw new Error('out of reach');
      return shop.board;
    });
    expect(await active()).toBe('failed');
    down = false;
    expect(await active()).toBe('too_soon');
    await clock.advance(60_000);
    expect(await active()).toBe('beat');
  });

  it('reports an environment that makes no sense, once', async () => {
    const { active, problems } = bridge({ ...environment('t_7K3M9QX2VD'), HOLDFAST_RUN: 'latest' });
    expect([await active(), await active()]).toEqual(['malformed', 'malformed']);
    expect(problems).toEqual(['HOLDFAST_RUN is "latest"; expected the number of a run, 1 or more']);
  });
});

describe('the claim in the environment', () => {
  it.each([
    { HOLDFAST_RUN: '0' },
    { HOLDFAST_RUN: '' },
    { HOLDFAST_RUN: '1e3' },
    { HOLDFAST_TASK: undefined },
    { HOLDFAST_TASK: 'seven' },
    { HOLDFAST_WORKER: '' },
    { HOLDFAST_BOARD: 'No Board' },
    { HOLDFAST_LEASE: '15' },
    { HOLDFAST_LEASE: '1s' },
  ])('is malformed with %j', (change) => {
    expect(claimOfEnvironment({ ...environment('t_7K3M9QX2VD'), ...change })).toMatchObject({
      kind: 'malformed',
      problem: expect.stringContaining('HOLDFAST_'),
    });
  });
});
