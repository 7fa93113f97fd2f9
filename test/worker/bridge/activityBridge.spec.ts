import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../src/platform/clock.ts';
import { Cancelled, StaleRun } from '../../../src/worker/abortReasons.ts';
import { activityBridge, type OpenedBoard } from '../../../src/worker/bridge/activityBridge.ts';
import { claimOfEnvironment } from '../../../src/worker/bridge/claimOfEnvironment.ts';
import { runReports } from '../../../src/worker/bridge/runReport.ts';
import { virtualClock } from '../../support/virtualClock.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let shop: Workshop;
let clock: Clock & { advance(ms: number): Promise<void> };
beforeEach(async () => {
  clock = virtualClock();
  shop = await openWorkshop({ clock });
});
afterEach(() => shop.close());

type Env = Readonly<Record<string, string | undefined>>;
const opening = async (): Promise<OpenedBoard> => ({ board: shop.board, leave: async () => undefined });

const bridge = (env: Env, open: () => Promise<OpenedBoard> = opening) => {
  const [warned, debugged]: [string[], string[]] = [[], []];
  let opened = 0;
  const attempt = activityBridge({
    env,
    open: () => {
      opened += 1;
      return open();
    },
    clock,
    warn: (problem) => warned.push(problem),
    debug: (problem) => debugged.push(problem),
  });
  return { attempt, opened: () => opened, warned, debugged };
};

const environment = (taskId: string) => ({ HOLDFAST_TASK: taskId, HOLDFAST_RUN: '1', HOLDFAST_WORKER: 'ada', HOLDFAST_LEASE: '15m' });

/** How long the pause after an attempt is, in steps of a second. */
const pauseOf = async (rest: Promise<void> | null): Promise<number | null> => {
  if (rest === null) return null;
  let over = false;
  void rest.then(() => (over = true));
  for (let seconds = 0; seconds <= 120; seconds += 1) {
    await clock.advance(0);
    if (over) return seconds;
    await clock.advance(1000);
  }
  throw new Error('no end of the pause');
};

describe('the activity bridge', () => {
  it('opens nothing without a run in its environment', async () => {
    const { attempt, opened } = bridge({ HOLDFAST_STORE: '/somewhere', HOLDFAST_TASK: 't_7K3M9QX2VD' });
    expect(await attempt()).toMatchObject({ result: { ok: false, code: 'NoRun' }, rest: null });
    expect(opened()).toBe(0);
  });

  it.each([
    { lease_ms: 900_000, pause: 60 },
    { lease_ms: 15_000, pause: 5 },
  ])('beats without a note, and with a lease of $lease_ms ms again after $pause s', async ({ lease_ms, pause }) => {
    const { task_id } = await shop.claim({}, lease_ms);
    const { attempt } = bridge(environment(task_id));
    const { result, rest } = await attempt();
    const { data } = await shop.event(task_id, 'HeartbeatRecorded');
    expect(result).toMatchObject({ ok: true, code: 'Recorded', task_id, run: 1, claim_expires: data.claim_expires });
    expect(data).toEqual({ at: data.at, run: 1, worker: 'ada', source: 'activity', claim_expires: data.claim_expires });
    expect(await pauseOf(rest)).toBe(pause);
  });

  it('writes nothing while the run has a young beat, whoever sent it: children and helpers of one run share its interval', async () => {
    const { task_id } = await shop.claim();
    const [parent, child] = [bridge(environment(task_id)), bridge(environment(task_id))];
    await parent.attempt();
    await clock.advance(20_000);
    const { result, rest } = await child.attempt();
    expect(result).toMatchObject({ ok: true, code: 'Fresh' });
    expect(await pauseOf(rest)).toBe(40);
    expect((await child.attempt()).result).toMatchObject({ code: 'Recorded' });
    expect((await shop.types(task_id)).filter((type) => type === 'HeartbeatRecorded')).toHaveLength(2);
  });

  it('is refused when its run is over, says so and why, and does not ask again', async () => {
    const [cancelled, taken] = [await shop.claim(), await shop.claim()];
    await shop.cancel(cancelled.task_id);
    expect(await bridge(environment(cancelled.task_id)).attempt()).toMatchObject({
      result: { ok: false, code: 'StaleRun', reason: 'cancelled' },
      rest: null,
      over: expect.any(Cancelled),
    });
    await shop.board.execute({ type: 'ReclaimTask', task_id: taken.task_id, force: true });
    const { result, over } = await bridge(environment(taken.task_id)).attempt();
    expect(result).toMatchObject({ ok: false, code: 'StaleRun', directive: 'stop' });
    expect(over).toBeInstanceOf(StaleRun);
  });

  it('is refused, and not told to stop, where the board knows no such task', async () => {
    const { result, over } = await bridge(environment('t_7K3M9QX2VD')).attempt();
    expect([result, over]).toMatchObject([{ ok: false, code: 'NotFound' }, null]);
  });

  it('uses up its interval when the store cannot be opened, and tells the same only once', async () => {
    const { task_id } = await shop.claim();
    let down = true;
    const { attempt, debugged } = bridge(environment(task_id), () => (down ? Promise.reject(new Error('out of reach')) : opening()));
    const { result, rest } = await attempt();
    expect(result).toEqual({ ok: false, code: 'Failed', message: 'out of reach' });
    expect(await pauseOf(rest)).toBe(60);
    await attempt();
    expect(debugged).toEqual(['out of reach']);
    down = false;
    expect((await attempt()).result).toMatchObject({ ok: true, code: 'Recorded' });
  });

  it('leaves a board on which something failed, so that the next attempt opens it again', async () => {
    const { task_id } = await shop.claim();
    const left: boolean[] = [];
    let broken = true;
    const { attempt } = bridge(environment(task_id), async () => ({
      board: { ...shop.board, load: (id) => (broken ? Promise.reject(new Error('replaced')) : shop.board.load(id)) },
      leave: async (failed) => void left.push(failed),
    }));
    await attempt();
    broken = false;
    await attempt();
    expect(left).toEqual([true, false]);
  });

  it('writes nothing in an environment that makes no sense, and says which variable', async () => {
    const { attempt, warned, opened } = bridge({ ...environment('t_7K3M9QX2VD'), HOLDFAST_RUN: 'latest' });
    const problem = 'HOLDFAST_RUN is "latest"; expected the number of a run, 1 or more';
    expect(await attempt()).toEqual({ result: { ok: false, code: 'BadEnvironment', message: problem }, rest: null, over: null });
    expect([warned, opened()]).toEqual([[problem], 0]);
  });
});

const reports = (env: Env) => runReports({ env, open: opening, clock, warn: () => undefined });

describe('the reports of a program about its run', () => {
  it('end it as timed_out when its budget is used up; that counts as a failure', async () => {
    const { task_id } = await shop.claim();
    expect(await reports(environment(task_id)).budgetExhausted({ reason: 'all 90 steps used' })).toMatchObject({ ok: true, status: 'ready', gave_up: false });
    const { data } = await shop.event(task_id, 'RunFailed');
    expect(data).toMatchObject({ run: 1, outcome: 'timed_out', error: 'all 90 steps used', counts_as_failure: true });
  });

  it('end it as rate_limited until the time that was told; that counts as none', async () => {
    const { task_id } = await shop.claim();
    expect(await reports(environment(task_id)).rateLimited({ retry_after: '10m' })).toMatchObject({ ok: true });
    expect((await shop.event(task_id, 'RunFailed')).data).toMatchObject({ outcome: 'rate_limited', retry_after_ms: 600_000, counts_as_failure: false });
  });

  it('are refused with an option that is none, rather than said without it', async () => {
    const misspelt: { readonly reason?: string } = JSON.parse('{"retryAfter":"10m"}');
    expect(await reports({}).rateLimited(misspelt)).toMatchObject({
      ok: false,
      code: 'InvalidInput',
      message: expect.stringMatching(/did you mean retry_after\?/),
    });
  });

  it.each([{ retry_after: '600' }, { retry_after: -1 }, { retry_after: '2d' }, { retry_after: 10 }])('are refused with %j, which is no wait', async (given) => {
    const { task_id } = await shop.claim();
    expect(await reports(environment(task_id)).rateLimited(given)).toMatchObject({
      ok: false,
      code: 'InvalidInput',
      message: expect.stringContaining('retry_after'),
    });
    expect(await shop.types(task_id)).toEqual(['TaskCreated', 'TaskClaimed']);
  });

  it('are refused when the run is over, and say nothing outside of one', async () => {
    const { task_id } = await shop.claim();
    await shop.cancel(task_id);
    expect(await reports(environment(task_id)).budgetExhausted({})).toMatchObject({ ok: false, code: 'StaleRun' });
    expect(await reports({}).budgetExhausted({})).toMatchObject({ ok: false, code: 'NoRun' });
    expect(await reports({ ...environment(task_id), HOLDFAST_WORKER: '' }).rateLimited({})).toMatchObject({ ok: false, code: 'BadEnvironment' });
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
    { HOLDFAST_LEASE: '-15m' },
  ])('is malformed with %j', (change) => {
    expect(claimOfEnvironment({ ...environment('t_7K3M9QX2VD'), ...change })).toMatchObject({
      kind: 'malformed',
      problem: expect.stringContaining('HOLDFAST_'),
    });
  });
});
