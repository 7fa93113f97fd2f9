import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { overheard, type OwnAppend } from '../../src/eventstore/overheard.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { readyWindow, type ReadyWindow } from '../../src/projections/readyWindow.ts';

/** Always the last one. */
const random = (below: number) => below - 1;

const nextOf = async (front: ReadyWindow, passed: readonly string[] = []) => (await front.next(new Set(passed)))?.task_id;

const claimed = () => ({ id: randomUUID(), type: 'TaskClaimed', data: {}, metadata: {} });

describe('the front of the ready queue', () => {
  let store: EventStore;
  beforeEach(() => {
    store = memoryEventStore();
  });
  afterEach(() => store.close());

  const clock = { now: () => 0 };
  const page = async (ids: readonly string[], priority = 0) => ({
    tasks: ids.map((task_id) => ({ task_id, priority })),
    position: await store.head(),
    until: null,
  });
  const abcd = () => page(['a', 'b', 'c', 'd']);
  /** Counts how often the log is read through it. */
  const counted = () => {
    let reads = 0;
    const subscribe: EventStore['subscribe'] = (options) => {
      reads += 1;
      return store.subscribe(options);
    };
    return { read: { ...store, subscribe }, reads: () => reads };
  };
  const happens = (type: string, task: string) => store.append(`task-${task}`, [{ id: randomUUID(), type, data: {}, metadata: {} }], 'no_stream');

  it('is asked for anew when something was created, also when that failed the first time', async () => {
    let ids = ['low', 'lower'];
    let fails = false;
    const query = async () => {
      if (fails) throw new Error('out of reach');
      return page(ids);
    };
    const front = readyWindow({ store, clock, query, random });
    expect(await nextOf(front)).toBe('low');
    await happens('TaskCreated', 'high');
    fails = true;
    await expect(nextOf(front)).rejects.toThrow('out of reach');
    [fails, ids] = [false, ['high', 'lower']];
    expect(await nextOf(front)).toBe('high');
  });

  it('gives any of the front for a second to who lost a task to another process, then the first again', async () => {
    let now = 0;
    const front = readyWindow({ store, clock: { now: () => now }, random, query: () => page(['a', 'b', 'c', 'd', 'e']) });
    expect(await nextOf(front)).toBe('a');
    await happens('TaskClaimed', 'a');
    expect(await nextOf(front, ['a'])).toBe('e');
    now = 999;
    expect(await nextOf(front)).toBe('d');
    now = 1000;
    expect(await nextOf(front)).toBe('b');
  });

  it('gives nothing of a lower priority to who lost a task, while there is one of the best', async () => {
    const tasks = ['a', 'b', 'c'].map((task_id) => ({ task_id, priority: 2 }));
    const low = { task_id: 'low', priority: 1 };
    const front = readyWindow({ store, clock, random, query: async () => ({ ...(await page([])), tasks: [...tasks, low] }) });
    expect(await nextOf(front)).toBe('a');
    await happens('TaskClaimed', 'a');
    expect([await nextOf(front, ['a']), await nextOf(front), await nextOf(front)]).toEqual(['c', 'b', 'low']);
  });

  it('gives again what could not be claimed', async () => {
    const front = readyWindow({ store, clock, random, query: () => page(['high', 'low']) });
    expect(await nextOf(front)).toBe('high');
    front.lookAgain();
    expect(await nextOf(front)).toBe('high');
    expect(await nextOf(front)).toBe('low');
  });

  it('gives any of the best priority to whoever lost a task to another process, so that they do not race for each', async () => {
    const tasks = ['a', 'b', 'c', 'd', 'other'].map((task_id) => ({ task_id, priority: task_id === 'other' ? 0 : 1 }));
    const front = readyWindow({ store, clock, random, query: async () => ({ ...(await page([])), tasks }) });
    expect(await nextOf(front)).toBe('a');
    await happens('TaskClaimed', 'a');
    expect(await nextOf(front, ['a'])).toBe('d');
    expect(await nextOf(front)).toBe('c');
  });

  it('keeps the order for whoever could not claim a task for another reason', async () => {
    const front = readyWindow({ store, clock, random, query: () => page(['a', 'b', 'c', 'd']) });
    expect(await nextOf(front)).toBe('a');
    expect(await nextOf(front, ['a'])).toBe('b');
    await happens('TaskDemoted', 'b');
    expect(await nextOf(front, ['a', 'b'])).toBe('c');
  });

  it('gives nothing by rows older than the log was when it was asked, though another look that began before fills it with them meanwhile', async () => {
    const read = new AbortController();
    async function* subscribe(...options: Parameters<EventStore['subscribe']>) {
      try {
        yield* store.subscribe(...options);
      } finally {
        read.abort();
      }
    }
    const [first, second] = [await page(['a']), await page(['b', 'c'])];
    const late = new Promise<typeof second>((resolve) => read.signal.addEventListener('abort', () => resolve(second)));
    const pages = [Promise.resolve(first), late];
    const front = readyWindow({ store: { ...store, subscribe }, clock, random, query: () => pages.shift() ?? page(['c']) });
    expect(await nextOf(front)).toBe('a');
    const before = nextOf(front);
    await new Promise((resolve) => setImmediate(resolve));
    const { position } = await happens('TaskClaimed', 'b');
    expect(await front.next(new Set())).toMatchObject({ task_id: 'c', as_of: position });
    expect(await before).toBe('b');
  });

  describe('of a log without gaps', () => {
    let folder: string;
    beforeEach(async () => {
      await store.close();
      folder = mkdtempSync(join(tmpdir(), 'holdfast-window-'));
      store = await openSqliteEventStore({ path: join(folder, 'log.db'), create: true, synchronous: 'NORMAL' });
      await happens('TaskCreated', 'first');
    });
    afterEach(async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('does not read again what this process appended itself', async () => {
      const { read, reads } = counted();
      const front = readyWindow({ store: read, clock, random, query: abcd });
      const own = overheard(store, new Set([front.appended]));
      const events = [claimed()];
      expect(await nextOf(front)).toBe('a');
      await own.append('task-a', events, 'no_stream');
      await own.append('board-main', [{ id: randomUUID(), type: 'PolicyChanged', data: {}, metadata: {} }], 'no_stream');
      expect(await nextOf(front)).toBe('b');
      expect(reads()).toBe(0);
    });

    it('reads what others appended in between', async () => {
      const { read, reads } = counted();
      const front = readyWindow({ store: read, clock, random, query: abcd });
      const own = overheard(store, new Set([front.appended]));
      expect(await nextOf(front)).toBe('a');
      await happens('TaskClaimed', 'b');
      await own.append('task-a', [claimed()], 'no_stream');
      expect(await nextOf(front)).toBe('c');
      expect(reads()).toBe(1);
    });

    it('is asked for anew when this process created something', async () => {
      let ready = ['low', 'lower'];
      const front = readyWindow({ store, clock, random, query: () => page(ready) });
      const own = overheard(store, new Set([front.appended]));
      expect(await nextOf(front)).toBe('low');
      await own.append('task-high', [{ id: randomUUID(), type: 'TaskCreated', data: {}, metadata: {} }], 'no_stream');
      ready = ['high', 'lower'];
      expect(await nextOf(front)).toBe('high');
    });

    it('takes a repeated append for nothing new', async () => {
      const told: OwnAppend[] = [];
      const own = overheard(store, new Set([(append: OwnAppend) => void told.push(append)]));
      const events = [claimed()];
      await own.append('task-a', events, 'no_stream');
      await own.append('task-a', events, 'no_stream');
      expect(told.map(({ stream, position }) => [stream, position])).toEqual([['task-a', await store.head()]]);
    });
  });
});
