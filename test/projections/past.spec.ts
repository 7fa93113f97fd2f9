import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { START } from '../../src/eventstore/port.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { listTasks } from '../../src/projections/lists.ts';
import { rowsAt } from '../../src/projections/past.ts';
import type { PastPoint } from '../../src/projections/past.ts';
import { beat, claimed, completed, created, second, tellTask } from '../support/taskLog.ts';

let store: EventStore;
beforeEach(() => {
  store = memoryEventStore();
});
afterEach(() => store.close());

const statusesAt = async (at: PastPoint) => {
  const { rows, close } = await rowsAt({ store, at });
  const listed = listTasks(rows, { board: 'main', limit: 10 }).map(({ status }) => status);
  close();
  return listed;
};

describe('the board as it was', () => {
  it('at a position shows every event up to and including it, and none after', async () => {
    const first = await tellTask(store, 1, created(0));
    const claim = await tellTask(store, 1, claimed(1, 1, 'ada'));
    await tellTask(store, 2, created(2));
    expect(await statusesAt({ position: START })).toEqual([]);
    expect(await statusesAt({ position: first })).toEqual(['ready']);
    expect(await statusesAt({ position: claim })).toEqual(['running']);
    expect(await statusesAt({ position: 1_000_000n })).toEqual(['running', 'ready']);
  });

  it('at a time shows what each event says had happened by then', async () => {
    await tellTask(store, 1, created(0), claimed(10, 1, 'ada'), completed(20, 1, 'ada'));
    await tellTask(store, 2, created(15));
    expect(await statusesAt({ time: second(9) })).toEqual(['ready']);
    expect(await statusesAt({ time: second(19) })).toEqual(['running', 'ready']);
    expect(await statusesAt({ time: second(20) })).toEqual(['done', 'ready']);
  });

  it('at a time leaves nothing out of the middle of a task, though a clock went back', async () => {
    await tellTask(store, 1, created(0), claimed(10, 1, 'ada'), beat(8, 1, 'ada'), completed(9, 1, 'ada'));
    expect(await statusesAt({ time: second(9) })).toEqual(['ready']);
  });
});
