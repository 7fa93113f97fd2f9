import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { Holdfast } from '../../src/compose.ts';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { hostPromoter } from '../../src/hosting.ts';
import type { GateBatch } from '../../src/projections/gateChanges.ts';
import { startPromoter, type Promoter } from '../../src/watchdog/promoter.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';
import { virtualClock } from '../support/virtualClock.ts';

const damaged = (): never => {
  throw new Error('the log is damaged');
};

/** Only a promoter moves what is made here: the process that completes hosts one itself, or would do it at once. */
describe('who looks after waiting tasks', () => {
  let home: ReturnType<typeof scratch>;
  let here: Holdfast;
  let there: Holdfast;
  const hosts: Promoter[] = [];
  const told: string[] = [];
  const log = { warn: (_: object, message: string) => void told.push(message), error: (_: object, message: string) => void told.push(message) };
  beforeEach(async () => {
    home = scratch();
    here = await holdfastAt(home.folder);
    there = await holdfastAt(home.folder);
    (await here.moves()).hosted();
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
    await here.close();
    await there.close();
    home.remove();
    expect(told.splice(0)).toEqual([]);
  });

  const host = async (of: Holdfast): Promise<Promoter> => {
    const promoter = await hostPromoter(of, log);
    hosts.push(promoter);
    return promoter;
  };
  const task = async (parents: readonly string[] = [], more: { readonly scheduled_until?: string } = {}): Promise<string> => {
    const answer = await here.board.create({ title: 'A task', parents: [...parents], ...more });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const complete = (task_id: string) => here.board.execute({ type: 'CompleteTask', task_id, run: null, worker: null });
  const typesOf = async (id: string) => (await here.board.history(id)).map(({ type }) => type);
  /** Resolves when such an event of the task is in the log; the spec's own time limit is the only clock. */
  const seen = async (id: string, type: string, times = 1): Promise<void> => {
    let count = 0;
    for await (const { events } of here.board.follow({ after: -1n })) {
      count += events.filter((event) => event.task_id === id && event.type === type).length;
      if (count >= times) return;
    }
  };

  it('two at once promote each task once, and neither complains', async () => {
    await (
      await host(here)
    ).caughtUp;
    await (
      await host(there)
    ).caughtUp;
    const parents = await Promise.all(Array.from({ length: 5 }, () => task()));
    const children = await Promise.all(parents.map((parent) => task([parent])));
    const last = await task(children);
    await Promise.all(parents.map(complete));
    for (const child of children) await seen(child, 'TaskPromoted');
    await Promise.all(children.map(complete));
    await seen(last, 'TaskPromoted');
    for (const promoter of hosts.splice(0)) await promoter.close();
    for (const child of children) expect(await typesOf(child)).toEqual(['TaskCreated', 'TaskPromoted', 'TaskCompleted']);
    expect(await typesOf(last)).toEqual(['TaskCreated', 'TaskPromoted']);
  });

  it('one that starts later takes up what was left: promoted, made to wait again, woken', async () => {
    const [parent, other] = [await task(), await task()];
    const [waits, ready] = [await task([parent]), await task([other])];
    const later = await task([], { scheduled_until: new Date(Date.now() + 50).toISOString() });
    await complete(other);
    await here.board.execute({ type: 'PromoteTask', task_id: ready });
    await here.board.execute({ type: 'ReopenTask', task_id: other });
    await complete(parent);
    expect([await typesOf(waits), await typesOf(ready)]).toEqual([['TaskCreated'], ['TaskCreated', 'TaskPromoted']]);
    await host(there);
    await seen(waits, 'TaskPromoted');
    await seen(ready, 'TaskDemoted');
    await seen(later, 'TaskPromoted');
  });

  it('a task whose parent was reopened while it ran waits when its run is over', async () => {
    const parent = await task();
    const child = await task([parent]);
    await (
      await host(there)
    ).caughtUp;
    await complete(parent);
    await seen(child, 'TaskPromoted');
    await here.board.execute({ type: 'ClaimTask', task_id: child, worker: 'ada' });
    await here.board.execute({ type: 'ReopenTask', task_id: parent });
    await here.board.execute({ type: 'ReleaseClaim', task_id: child, run: 1, worker: 'ada' });
    await seen(child, 'TaskDemoted');
    await complete(parent);
    await seen(child, 'TaskPromoted', 2);
    expect(await typesOf(child)).toEqual(['TaskCreated', 'TaskPromoted', 'TaskClaimed', 'ClaimReleased', 'TaskDemoted', 'TaskPromoted']);
  });

  it('a schedule that is set or moved while one waits is kept', async () => {
    await (
      await host(there)
    ).caughtUp;
    const id = await task([], { scheduled_until: '2100-01-01T00:00:00.000Z' });
    await here.board.execute({ type: 'ScheduleTask', task_id: id, until: new Date(Date.now() + 100).toISOString() });
    await seen(id, 'TaskPromoted');
    expect((await here.board.history(id)).at(-1)).toMatchObject({
      data: { to: 'ready', because: { by: 'schedule' } },
      metadata: { actor: { kind: 'system' } },
    });
  });

  it('one whose rows another process empties each time moves them all the same', async () => {
    const rows = await there.readModel();
    const peek: typeof rows.peek = async (query, options) => {
      await rows.rebuild({ signal: AbortSignal.abort() });
      return rows.peek(query, options);
    };
    const parent = await task();
    const child = await task([parent]);
    await (
      await host({ ...there, readModel: async () => ({ ...rows, peek }) })
    ).caughtUp;
    const later = await task([], { scheduled_until: new Date(Date.now() + 50).toISOString() });
    await complete(parent);
    await seen(child, 'TaskPromoted');
    await seen(later, 'TaskPromoted');
  });

  it('one that failed leaves the children to its own process again', async () => {
    const rows = await there.readModel();
    await expect((await host({ ...there, readModel: async () => ({ ...rows, follow: damaged }) })).done).rejects.toThrow('damaged');
    const parent = await task();
    const child = await task([parent]);
    await there.board.execute({ type: 'CompleteTask', task_id: parent, run: null, worker: null });
    await seen(child, 'TaskPromoted');
  });

  it.each(['while one waits', 'before it started', 'after it had seen the task'])(
    'a crossing link whose second look never came %s is taken back',
    async (when) => {
      const [a, b] = [await task(), await task()];
      if (when === 'after it had seen the task') await there.board.load(b);
      await here.board.execute({ type: 'LinkTask', task_id: a, parents: [b] });
      if (when === 'while one waits') await (await host(there)).caughtUp;
      const { id, type, metadata } = (await here.board.history(a)).at(1) ?? { id: '', type: '', metadata: {} };
      await here.store.append(
        `task-${b}`,
        [{ id: `${id.slice(0, -4)}0000`, type, data: { at: new Date().toISOString(), parents: [a], unfinished: [] }, metadata }],
        0n,
      );
      if (when !== 'while one waits') await host(there);
      await seen(b, 'TaskUnlinked');
      expect((await here.board.history(b)).find((event) => event.type === 'TaskUnlinked')).toMatchObject({ data: { parents: [a], cycle: [b, a, b] } });
      expect(await typesOf(a)).not.toContain('TaskUnlinked');
    },
  );
});

it('looks at a crossing link again until the look succeeds', async () => {
  const [clock, changes$, looks] = [virtualClock(), new Subject<GateBatch>(), new Array<readonly string[]>()];
  const promoter = startPromoter({
    changes$,
    nominate: async () => undefined,
    due: async () => ({ task_ids: [], next: null }),
    ask: async () => undefined,
    confirmLink: async ({ parents }) => {
      looks.push(parents);
      if (looks.length < 3) throw new StoreUnavailable('out of reach', 'wait');
    },
    clock,
  });
  changes$.next({ task_ids: [], linked: [{ task_id: 't_7K3M9QX2VD', parents: ['t_8M2N4RW9YB'] }], scheduled: false, position: 1n, caught_up: true });
  await clock.advance(10_000);
  expect(looks).toEqual([['t_8M2N4RW9YB'], ['t_8M2N4RW9YB'], ['t_8M2N4RW9YB']]);
  const closed = promoter.close();
  await clock.advance(0);
  await closed;
});
