import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { START } from '../../src/eventstore/port.ts';
import type { RecordedEvent } from '../../src/eventstore/port.ts';
import { runsOf } from '../../src/projections/lists.ts';
import { openViews, PROJECTIONS } from '../../src/projections/views.ts';
import type { Views } from '../../src/projections/views.ts';
import { beat, claimed, created, taskId, tellTask } from '../support/taskLog.ts';
import { historyOf } from '../support/storeEvents.ts';

let directory: string;
let one: Views;
let other: Views;
let events: readonly RecordedEvent[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-views-'));
  const store = memoryEventStore();
  await tellTask(store, 1, created(0), claimed(1, 1, 'ada'), beat(2, 1, 'ada'), beat(3, 1, 'ada'));
  events = await historyOf(store, START, ['task-']);
  await store.close();
  one = openViews({ path: join(directory, 'views.db'), projections: PROJECTIONS });
  other = openViews({ path: join(directory, 'views.db'), projections: PROJECTIONS });
});
afterEach(() => {
  one.close();
  other.close();
  rmSync(directory, { recursive: true });
});

/** The events from the nth to before the mth, as one batch. */
const batch = (from: number, to: number) => ({
  after: events[from - 1]?.position ?? START,
  events: events.slice(from, to),
  position: events[to - 1]?.position ?? START,
});
const beats = () => runsOf(one, taskId(1))[0]?.beats;

describe('two that catch up on one file', () => {
  it('fold a batch once, whoever comes first', () => {
    expect(one.apply(batch(0, 4))).toBe('applied');
    expect(other.apply(batch(0, 4))).toBe('known');
    expect(other.apply(batch(1, 3))).toBe('known');
    expect(beats()).toBe(2);
  });

  it('fold of a batch only what the other has not', () => {
    expect(one.apply(batch(0, 3))).toBe('applied');
    expect(other.apply(batch(1, 4))).toBe('applied');
    expect(beats()).toBe(2);
  });

  it('fold nothing of a batch that begins after what the rows know', () => {
    expect(one.apply(batch(0, 3))).toBe('applied');
    other.empty(other.checkpoint());
    expect(one.apply(batch(3, 4))).toBe('behind');
    expect(one.checkpoint()).toEqual({ position: START, last: null });
    expect(one.apply(batch(0, 4))).toBe('applied');
    expect(beats()).toBe(2);
  });

  it('empty the rows only if nobody has moved them since they were looked at', () => {
    const seen = one.checkpoint();
    other.apply(batch(0, 4));
    one.empty(seen);
    expect(beats()).toBe(2);
  });

  it('keep rows and checkpoint together: a batch that cannot be folded changes neither', () => {
    one.apply(batch(0, 2));
    const broken = events.slice(2, 4).map((event, n) => (n === 0 ? event : { ...event, data: { ...event.data, note: 1n } }));
    expect(() => one.apply({ ...batch(2, 4), events: broken })).toThrow('BigInt');
    expect([beats(), other.checkpoint().position]).toEqual([0, events[1]?.position]);
    expect(one.apply(batch(2, 4))).toBe('applied');
    expect(beats()).toBe(2);
  });
});
