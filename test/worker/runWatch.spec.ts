import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Board } from '../../src/board/board.ts';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import type { RunOver } from '../../src/worker/runOver.ts';
import { runWatch } from '../../src/worker/runWatch.ts';
import { virtualClock } from '../support/virtualClock.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.close());

const nothing = (): void => undefined;

const told = () => {
  const overs: RunOver[] = [];
  let wake = nothing;
  return {
    overs,
    onOver: (over: RunOver) => {
      overs.push(over);
      wake();
    },
    first: async (): Promise<RunOver> => {
      while (overs[0] === undefined) await new Promise<void>((resolve) => (wake = resolve));
      return overs[0];
    },
  };
};

describe('the watch of open runs', () => {
  it('tells how a run ended: taken away, or by a verdict that carried it', async () => {
    const [taken, done] = [await shop.claim(), await shop.claim()];
    const [a, b] = [told(), told()];
    shop.watch.add({ task_id: taken.task_id, run: 1, onOver: a.onOver });
    shop.watch.add({ task_id: done.task_id, run: 1, onOver: b.onOver });
    await shop.cancel(taken.task_id);
    await shop.board.execute({ type: 'CompleteTask', task_id: done.task_id, run: 1, worker: 'ada' });
    expect([await a.first(), await b.first()]).toMatchObject([
      { how: 'reclaimed', reason: 'cancelled' },
      { how: 'verdict', reason: 'completed' },
    ]);
  });

  it('misses nothing that happens between the claim and the start of its subscription', async () => {
    const { task_id } = await shop.claim();
    const overs = told();
    shop.watch.add({ task_id, run: 1, onOver: overs.onOver });
    void shop.cancel(task_id); // decided while the subscription asks for "now"
    expect(await overs.first()).toMatchObject({ reason: 'cancelled' });
    const late = await shop.claim();
    await shop.cancel(late.task_id);
    const after = told();
    shop.watch.add({ task_id: late.task_id, run: 1, onOver: after.onOver });
    await shop.watch.check(late.task_id);
    expect(after.overs[0]).toMatchObject({ reason: 'cancelled' });
  });

  it('looks at the streams once its subscription has begun: what was decided just before is not told by that', async () => {
    const { task_id } = await shop.claim();
    const overs = told();
    const follow: Board['follow'] = async function* (options) {
      await shop.cancel(task_id);
      yield* shop.board.follow(options);
    };
    const watch = runWatch({ board: { load: (taskId) => shop.board.load(taskId), follow }, clock: virtualClock() });
    watch.add({ task_id, run: 1, onOver: overs.onOver });
    expect(await overs.first()).toMatchObject({ reason: 'cancelled' });
    await watch.close();
  });

  it('says nothing of another run of the task', async () => {
    const { task_id } = await shop.claim();
    const overs = told();
    await shop.board.execute({ type: 'ReleaseClaim', task_id, run: 1, worker: 'ada' });
    await shop.board.execute({ type: 'ClaimTask', task_id, worker: 'bob' });
    shop.watch.add({ task_id, run: 2, onOver: overs.onOver });
    await shop.watch.check(task_id);
    expect(overs.overs).toEqual([]);
  });

  it('holds one subscription for all runs, only while one is open and a second longer, and subscribes again when it fails', async () => {
    const clock = virtualClock();
    const open: AbortSignal[] = [];
    let fail = false;
    const follow: Board['follow'] = async function* ({ signal = new AbortController().signal }) {
      if (fail) throw new StoreUnavailable('away', 'wait');
      open.push(signal);
      yield { events: [], unreadable: [], position: 0n, caught_up: true };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    const watch = runWatch({ board: { load: (taskId) => shop.board.load(taskId), follow }, clock });
    const claimed = await shop.claim();
    const watched = { task_id: claimed.task_id, run: 1, onOver: told().onOver };
    fail = true;
    const leave = [watch.add(watched), watch.add({ ...watched, run: 2 })];
    await clock.advance(5000);
    expect(open).toHaveLength(0);
    fail = false;
    await clock.advance(1000);
    expect(open).toHaveLength(1);
    leave.forEach((end) => end());
    await clock.advance(500);
    const again = watch.add(watched);
    await clock.advance(5000);
    expect(open.map(({ aborted }) => aborted)).toEqual([false]);
    again();
    await clock.advance(1000);
    expect(open.map(({ aborted }) => aborted)).toEqual([true]);
    await watch.close();
  });
});

describe('the watch of runs on a shared file', () => {
  it('hears within 2 s of what another process decides', async () => {
    const store = await mkdtemp(join(tmpdir(), 'holdfast-watch-'));
    const [own, other] = [await openWorkshop({ store }), await openWorkshop({ store })];
    const { task_id } = await own.claim();
    const overs = told();
    own.watch.add({ task_id, run: 1, onOver: overs.onOver });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const at = Date.now();
    await other.cancel(task_id);
    expect(await overs.first()).toMatchObject({ how: 'reclaimed', reason: 'cancelled' });
    expect(Date.now() - at).toBeLessThan(2000);
    await Promise.all([own.close(), other.close()]);
    await rm(store, { recursive: true });
  });
});
