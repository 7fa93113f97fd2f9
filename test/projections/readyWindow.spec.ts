import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { readyWindow } from '../../src/projections/readyWindow.ts';

describe('the front of the ready queue', () => {
  let store: EventStore;
  beforeEach(() => {
    store = memoryEventStore();
  });
  afterEach(() => store.close());

  const clock = { now: () => 0 };
  const happens = (type: string, task: string) => store.append(`task-${task}`, [{ id: randomUUID(), type, data: {}, metadata: {} }], 'no_stream');

  it('is asked for anew when something was created, also when that failed the first time', async () => {
    let ids = ['low', 'lower'];
    let fails = false;
    const query = async () => {
      if (fails) throw new Error('out of reach');
      return { ids, position: await store.head(), until: null };
    };
    const front = readyWindow({ store, clock, query });
    expect(await front.next(new Set())).toBe('low');
    await happens('TaskCreated', 'high');
    fails = true;
    await expect(front.next(new Set())).rejects.toThrow('out of reach');
    [fails, ids] = [false, ['high', 'lower']];
    expect(await front.next(new Set())).toBe('high');
  });

  it('gives again what could not be claimed', async () => {
    const front = readyWindow({ store, clock, query: async () => ({ ids: ['high', 'low'], position: await store.head(), until: null }) });
    expect(await front.next(new Set())).toBe('high');
    front.lookAgain();
    expect(await front.next(new Set())).toBe('high');
    expect(await front.next(new Set())).toBe('low');
  });
});
