import { describe, expect, it } from '@jest/globals';
import { memoryEventStore } from '../../../../src/eventstore/memory/memoryEventStore.ts';
import { StoreUnavailable } from '../../../../src/eventstore/errors.ts';
import type { EventStore } from '../../../../src/eventstore/port.ts';
import { CANARY_STREAM, reading, roundTrip } from '../../../../src/interfaces/cli/doctor/roundTrip.ts';
import { systemClock } from '../../../../src/platform/clock.ts';

const clock = systemClock();

describe('the round trip of the doctor', () => {
  it('is well when what it appended is read and brought by a subscription', async () => {
    const store = memoryEventStore();
    expect(await roundTrip({ store, clock })).toMatchObject({
      level: 'ok',
      saw: expect.stringMatching(/^append [\d.]+ ms, read [\d.]+ ms, subscription [\d.]+ ms$/),
    });
    expect(await store.readStream(CANARY_STREAM)).toHaveLength(1);
  });

  it('of eight at once is well for each', async () => {
    const store = memoryEventStore();
    const findings = await Promise.all(Array.from({ length: 8 }, () => roundTrip({ store, clock })));
    expect(findings.map(({ level }) => level)).toEqual(Array.from({ length: 8 }, () => 'ok'));
  });

  it('fails when a subscription brings nothing, in the time given', async () => {
    const store = memoryEventStore();
    const deaf: EventStore = { ...store, subscribe: (options) => store.subscribe({ ...options, prefixes: ['nothing-'] }) };
    expect(await roundTrip({ store: deaf, clock, waitMs: 30 })).toMatchObject({ level: 'fail', saw: 'no subscription brought a new event within 30 ms' });
  });

  it('fails when the event is not there afterwards', async () => {
    const store = memoryEventStore();
    expect(await roundTrip({ store: { ...store, readStream: async () => [] }, clock })).toMatchObject({
      level: 'fail',
      saw: expect.stringContaining('is not there'),
    });
  });

  it('says what the store says, and how to mend it', async () => {
    const store: EventStore = {
      ...memoryEventStore(),
      append: async () => {
        throw new StoreUnavailable('no space left for the log', 'free some space');
      },
    };
    expect(await roundTrip({ store, clock })).toEqual({ check: 'round_trip', level: 'fail', saw: 'no space left for the log', mend: 'free some space' });
  });

  it('a reading one appends nothing', async () => {
    const store = memoryEventStore();
    expect(await reading({ store, clock })).toMatchObject({ check: 'read', level: 'ok' });
    expect(await store.head()).toBe(-1n);
  });
});
