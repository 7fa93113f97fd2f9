import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { openHoldfast } from '../../src/compose.ts';
import { CorruptEvent } from '../../src/eventstore/errors.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { boardOn } from '../support/boardOn.ts';
import { holdfastAt } from '../support/holdfast.ts';
import { twoBoards } from '../support/twoBoards.ts';
import { virtualClock } from '../support/virtualClock.ts';

describe('claiming the next task', () => {
  let held: Holdfast;
  beforeEach(async () => {
    held = await holdfastAt('memory:');
  });
  afterEach(() => held.close());

  const created = async (priority: number): Promise<string> => {
    const answer = await held.board.create({ title: `of priority ${priority}`, priority });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const next = (lease_ms?: number) => held.board.claimNext({ worker: 'ada', ...(lease_ms === undefined ? {} : { lease_ms }) });

  it('still gives the best one first after it could not be claimed on a paused board', async () => {
    const [high] = [await created(5), await created(1)];
    await held.board.change({ type: 'PauseBoard' });
    expect(await next()).toMatchObject({ code: 'NothingToClaim', why: 'paused' });
    await held.board.change({ type: 'ResumeBoard' });
    expect(await next()).toMatchObject({ ok: true, task_id: high });
  });

  it('still gives the best one first after somebody asked for it in a way that makes no sense', async () => {
    const [high] = [await created(5), await created(1)];
    expect(await next(10)).toMatchObject({ ok: false, code: 'InvalidInput' });
    expect(await next()).toMatchObject({ ok: true, task_id: high });
  });

  it('gives the best one first when it was made between two claims', async () => {
    const low = [await created(1), await created(1)];
    expect(await next()).toMatchObject({ task_id: low[0] });
    const high = await created(5);
    expect(await next()).toMatchObject({ task_id: high });
    expect(await next()).toMatchObject({ task_id: low[1] });
  });

  it('passes over a task whose parent was reopened: that one waits again, the next one is given', async () => {
    const parent = await created(1);
    const child = await held.board.create({ title: 'of the highest priority', priority: 9, parents: [parent] });
    const task_id = child.ok ? child.task_id : '';
    await held.board.execute({ type: 'CompleteTask', task_id: parent, run: null, worker: null });
    (await held.moves()).hosted(); // nobody else makes it wait
    await held.board.execute({ type: 'ReopenTask', task_id: parent });
    expect(await held.board.load(task_id)).toMatchObject({ status: 'ready' });
    expect(await next()).toMatchObject({ ok: true, task_id: parent });
    expect(await held.board.load(task_id)).toMatchObject({ status: 'todo' });
    expect(await next()).toMatchObject({ ok: false, code: 'NothingToClaim', waiting: { todo: 1 } });
  });

  it('on a board that this version cannot read is refused, not answered with nothing', async () => {
    await created(1);
    await created(1);
    expect(await next()).toMatchObject({ ok: true });
    await held.store.append('board-main', [{ id: held.ids.command(), type: 'BoardSplit', data: {}, metadata: {} }], 0n);
    expect(await next()).toMatchObject({ ok: false, code: 'Unreadable', board: 'main' });
  });
});

describe('a claim of the next task', () => {
  it('that loses the best one to somebody else takes the next', async () => {
    const { mine, theirs, meanwhile, close } = await twoBoards();
    const ids: string[] = [];
    for (const title of ['Pack', 'Ship']) {
      const answer = await mine.create({ title });
      if (answer.ok) ids.push(answer.task_id);
    }
    const [best = '', next] = ids;
    meanwhile(async () => void (await theirs.execute({ type: 'ClaimTask', task_id: best, worker: 'bob' })));
    expect(await mine.claimNext({ worker: 'ada' })).toMatchObject({ ok: true, task_id: next });
    expect(await mine.load(best)).toMatchObject({ status: 'running', run: { run: 1, worker: 'bob' } });
    close();
  });

  it('that waits ends as soon as its signal aborts', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    // Nobody lets time pass here, so that nothing but the signal can end the wait.
    const sleep: typeof clock.sleep = (ms, signal) => {
      setImmediate(() => stop.abort());
      return clock.sleep(ms, signal);
    };
    const { board, close } = await boardOn(memoryEventStore(), { ...clock, sleep });
    await board.change({ type: 'CreateBoard', board: 'main' });
    expect(await board.claimNext({ worker: 'ada', wait_ms: 60_000, signal: stop.signal })).toMatchObject({ code: 'NothingToClaim' });
    close();
  });
});

/** Claims from a queue that another process has filled, through a store that keeps what tasks are read and fails to read some. */
const claimer = async (count: number, unreadable: (task: number) => boolean = () => false) => {
  const store = memoryEventStore();
  const [theirs, clock] = [await boardOn(store, systemClock()), systemClock()];
  await theirs.board.change({ type: 'CreateBoard', board: 'main' });
  const streams: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const created = await theirs.board.create({ title: `task ${i}` });
    if (created.ok) streams.push(`task-${created.task_id}`);
  }
  let read = 0;
  const readStream: typeof store.readStream = async (stream, options) => {
    const task = streams.indexOf(stream);
    if (task >= 0) read += 1;
    if (unreadable(task)) throw new CorruptEvent(0n, 'it does not match its checksum');
    return store.readStream(stream, options);
  };
  const mine = await boardOn({ ...store, readStream }, clock);
  const next = async () => {
    read = 0;
    const answer = await mine.board.claimNext({ worker: 'ada' });
    return { task: answer.ok ? streams.indexOf(`task-${answer.task_id}`) : undefined, read };
  };
  const close = () => [mine, theirs].map((board) => board.close());
  return { next, close };
};

describe('one claim after the other', () => {
  it('reads the tasks of the next ones together, from the second on, and gives them in their order', async () => {
    const { next, close } = await claimer(36);
    const claims = [];
    for (let i = 0; i < 36; i += 1) claims.push(await next());
    expect(claims.map(({ task }) => task)).toEqual(claims.map((_, i) => i));
    expect(claims.map(({ read }) => read)).toEqual([1, 32, ...Array.from({ length: 31 }, () => 0), 3, 0, 0]);
    close();
  });

  it('fails only at the task that cannot be read', async () => {
    const { next, close } = await claimer(4, (task) => task === 2);
    expect([await next(), await next()].map(({ task }) => task)).toEqual([0, 1]);
    await expect(next()).rejects.toThrow(CorruptEvent);
    close();
  });
});

describe('claiming the next task of a board that is not there', () => {
  it('is refused, with the way to create it', async () => {
    const held = await openHoldfast({ store: 'memory:', board: 'nightly', actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
    const answer = await held.board.claimNext({ worker: 'ada', wait_ms: 60_000 });
    expect(answer).toMatchObject({ ok: false, code: 'NotFound', message: expect.stringContaining('holdfast board create nightly') });
    await held.close();
  });
});
