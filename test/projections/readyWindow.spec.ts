import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { readyWindow } from '../../src/projections/readyWindow.ts';

/** Always the last one. */
const random = (below: number) => below - 1;

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
  const happens = (type: string, task: string) => store.append(`task-${task}`, [{ id: randomUUID(), type, data: {}, metadata: {} }], 'no_stream');

  it('is asked for anew when something was created, also when that failed the first time', async () => {
    let ids = ['low', 'lower'];
    let fails = false;
    const query = async () => {
      if (fails) throw new Error('out of reach');
      return page(ids);
    };
    const front = readyWindow({ store, clock, query, random });
    expect(await front.next(new Set())).toBe('low');
    await happens('TaskCreated', 'high');
    fails = true;
    await expect(front.next(new Set())).rejects.toThrow('out of reach');
    [fails, ids] = [false, ['high', 'lower']];
    expect(await front.next(new Set())).toBe('high');
  });

  it('gives again what could not be claimed', async () => {
    const front = readyWindow({ store, clock, random, query: () => page(['high', 'low']) });
    expect(await front.next(new Set())).toBe('high');
    front.lookAgain();
    expect(await front.next(new Set())).toBe('high');
    expect(await front.next(new Set())).toBe('low');
  });

  it('gives any of the best priority to whoever lost a task to another process, so that they do not race for each', async () => {
    const tasks = ['a', 'b', 'c', 'd', 'other'].map((task_id) => ({ task_id, priority: task_id === 'other' ? 0 : 1 }));
    const front = readyWindow({ store, clock, random, query: async () => ({ ...(await page([])), tasks }) });
    expect(await front.next(new Set())).toBe('a');
    await happens('TaskClaimed', 'a');
    expect(await front.next(new Set(['a']))).toBe('d');
    expect(await front.next(new Set())).toBe('c');
  });

  it('keeps the order for whoever could not claim a task for another reason', async () => {
    const front = readyWindow({ store, clock, random, query: () => page(['a', 'b', 'c']) });
    expect(await front.next(new Set())).toBe('a');
    expect(await front.next(new Set(['a']))).toBe('b');
  });
});
