import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { copyStreams } from '../../src/eventstore/copyStreams.ts';
import type { CopyStreams } from '../../src/eventstore/copying.ts';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { type EventStore, START } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { digest } from '../../src/platform/ids.ts';
import { historyOf, someEvent, someEvents } from '../support/storeEvents.ts';
import { logFolder } from '../support/storeProcesses.ts';

const PREFIXES = ['task-', 'board-'];
const opened: EventStore[] = [];
const kept = <Store extends EventStore>(store: Store): Store => {
  opened.push(store);
  return store;
};
const memory = () => kept(memoryEventStore());
const sqlite = async () => kept(await openSqliteEventStore({ path: join(logFolder(), 'log.db'), create: true, synchronous: 'NORMAL' }));

/** 1 + 3 × 40 events of these streams, interleaved, and one of another. */
const filled = async (store: EventStore): Promise<EventStore> => {
  await store.append('board-main', [someEvent({ data: { text: 'ä "\u2028\ud83d\ude00', list: [1, null, { 2: 'two', 10: 'ten' }] } })], 'no_stream');
  await store.append('other-1', [someEvent()], 'no_stream');
  for (let i = 0; i < 20; i += 1) {
    for (const name of ['task-a', 'task-b', 'task-c']) await store.append(name, someEvents(2), i === 0 ? 'no_stream' : BigInt(2 * i - 1));
  }
  return store;
};
const EVENTS = 121;

const copy = (from: EventStore, to: EventStore, more: Partial<CopyStreams> = {}) => copyStreams({ from, to, prefixes: PREFIXES, digest, ...more });
const told = async (store: EventStore) =>
  (await historyOf(store, START, PREFIXES)).map(({ stream, revision, id, type, data, metadata }) => ({ stream, revision, id, type, data, metadata }));

/** The same store, whose appends fail from the n-th on. */
const failingAfter = (store: EventStore, appends: number): EventStore => {
  let left = appends;
  return {
    ...store,
    append: async (...args) => {
      left -= 1;
      if (left < 0) throw new StoreUnavailable('gone', 'wait');
      return store.append(...args);
    },
  };
};

const ahead = async (to: EventStore, from: EventStore) => {
  const events = await from.readStream('task-b');
  await to.append('task-b', [...events, someEvent()], 'no_stream');
};
const forged = async (to: EventStore, from: EventStore) => {
  const [first] = await from.readStream('task-b', { limit: 1 });
  await to.append('task-b', [someEvent({ id: first?.id ?? '' })], 'no_stream');
};

describe('copying streams', () => {
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  it.each([
    ['memory', 'sqlite', 1],
    ['sqlite', 'memory', 1],
    ['sqlite', 'sqlite', 64],
    ['memory', 'memory', 1],
  ] as const)('from %s to %s keeps order, revisions, ids, data and metadata, and leaves other streams', async (from, to, at_once) => {
    const source = await filled(from === 'memory' ? memory() : await sqlite());
    const target = to === 'memory' ? memory() : await sqlite();
    const answer = await copy(source, target, { at_once });
    expect(answer).toEqual({
      ok: true,
      complete: true,
      streams: 4,
      events: EVENTS,
      copied: EVENTS,
      only_in_target: 0,
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await told(target)).toEqual(await told(source));
    expect(await target.readStream('other-1')).toEqual([]);
  });

  it('a second time copies nothing, and later only what is new', async () => {
    const [source, target] = [await filled(memory()), await sqlite()];
    await copy(source, target);
    expect(await copy(source, target)).toMatchObject({ ok: true, complete: true, copied: 0, events: EVENTS });
    await source.append('task-b', [someEvent()], 39n);
    await source.append('task-new', [someEvent()], 'no_stream');
    expect(await copy(source, target)).toMatchObject({ ok: true, copied: 2, events: EVENTS + 2, streams: 5 });
    expect(await told(target)).toEqual(await told(source));
  });

  it.each([1, 64])('goes on where a failure ended it, with %i appends at once', async (at_once) => {
    const [source, target] = [await filled(memory()), await sqlite()];
    for (const appends of [0, 1, 17, 50]) await expect(copy(source, failingAfter(target, appends), { at_once })).rejects.toThrow(StoreUnavailable);
    expect(await copy(source, target, { at_once })).toMatchObject({ ok: true, complete: true, copied: EVENTS - 68 });
    expect(await told(target)).toEqual(await told(source));
  });

  it('ends early at a signal, says so, and goes on the next time', async () => {
    const [source, target, stop] = [await filled(memory()), memory(), new AbortController()];
    const answer = await copy(source, target, { signal: stop.signal, onProgress: ({ phase, done }) => phase === 'copy' && done === 30 && stop.abort() });
    expect(answer).toMatchObject({ ok: true, complete: false, copied: 30 });
    expect(await copy(source, target)).toMatchObject({ ok: true, complete: true, copied: EVENTS - 30 });
  });

  it.each([
    ['another event', async (to: EventStore) => to.append('task-b', [someEvent()], 'no_stream'), /events differ/],
    ['events after those of the source', async (to: EventStore, from: EventStore) => ahead(to, from), /the target has revision 40, the source ends at 39/],
    ['the same event with other data', async (to: EventStore, from: EventStore) => forged(to, from), /events differ/],
  ])('refuses a target with %s in the same stream, and writes nothing', async (_, spoil, why) => {
    const [source, target] = [await filled(memory()), memory()];
    await spoil(target, source);
    const before = await told(target);
    expect(await copy(source, target)).toMatchObject({
      ok: false,
      code: 'target_differs',
      faults: [{ stream: 'task-b', why: expect.stringMatching(why) }],
      more: 0,
    });
    expect(await told(target)).toEqual(before);
  });

  it('leaves alone what else is in the target', async () => {
    const [source, target] = [await filled(memory()), memory()];
    await target.append('task-elsewhere', [someEvent()], 'no_stream');
    expect(await copy(source, target)).toMatchObject({ ok: true, complete: true, streams: 4 });
    expect(await target.readStream('task-elsewhere')).toHaveLength(1);
  });

  it('stops when somebody else writes to the target meanwhile', async () => {
    const [source, target] = [await filled(memory()), memory()];
    const taken: EventStore = {
      ...target,
      append: async (stream, events, expected) => {
        if (stream === 'task-c' && expected === 'no_stream') await target.append(stream, [someEvent()], 'no_stream');
        return target.append(stream, events, expected);
      },
    };
    expect(await copy(source, taken)).toMatchObject({ ok: false, code: 'target_differs', faults: [{ stream: 'task-c' }] });
  });

  it('notices a target that did not keep what it was given', async () => {
    const [source, target] = [await filled(memory()), memory()];
    const careless: EventStore = {
      ...target,
      append: (stream, events, expected) =>
        target.append(
          stream,
          events.map((event) => ({ ...event, metadata: {} })),
          expected,
        ),
    };
    expect(await copy(source, careless)).toMatchObject({
      ok: false,
      code: 'verify_failed',
      more: 0,
      faults: expect.arrayContaining([{ stream: 'board-main', why: 'its events differ' }]),
    });
  });

  it('refuses a source whose streams lost their beginning', async () => {
    const source = memory();
    await source.append('task-a', someEvents(3), 'no_stream');
    const truncated: EventStore = {
      ...source,
      subscribe: async function* (options) {
        for await (const message of source.subscribe(options)) yield message.kind === 'events' ? { ...message, events: message.events.slice(1) } : message;
      },
    };
    expect(await copy(truncated, memory())).toMatchObject({
      ok: false,
      code: 'source_incomplete',
      faults: [{ stream: 'task-a', why: expect.stringContaining('older events were removed') }],
    });
  });

  it('an empty source is a copy of nothing', async () => {
    expect(await copy(memory(), memory())).toMatchObject({ ok: true, complete: true, streams: 0, events: 0, copied: 0 });
  });
});
