import { afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fdatasyncSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { type EventStore, START } from '../../src/eventstore/port.ts';
import { type OpenSqliteEventStore, openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { integer, openDatabase } from '../../src/platform/sqlite.ts';
import { freshStream, historyOf, someEvent, someEvents } from '../support/storeEvents.ts';
import { faultsOf, logFolder } from '../support/storeProcesses.ts';

const opened: EventStore[] = [];
const open = async (options: OpenSqliteEventStore) => {
  const store = await openSqliteEventStore(options);
  opened.push(store);
  return store;
};
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** A log, a writer that never flushes, and what a power cut would leave of it: the files as they were when they were flushed last. */
const onDisk = async () => {
  const [folder, left] = [logFolder(), logFolder()];
  const path = join(folder, 'main.db');
  let flushes = 0;
  const flush = (descriptor: number) => {
    fdatasyncSync(descriptor);
    flushes += 1;
    // By a process of its own: to close the file in this one would drop the locks that SQLite holds on it.
    execFileSync('cp', [path, `${path}-wal`, left]);
  };
  const unflushed = await open({ path, create: true, synchronous: 'NORMAL' });
  const afterPowerCut = async () => {
    const log = await open({ path: join(left, 'main.db') });
    expect(await faultsOf(log)).toEqual([]);
    return (await historyOf(log, START, ['task-'])).map(({ id }) => id);
  };
  return { path, flush, unflushed, afterPowerCut, flushes: () => flushes };
};

describe('what survives a power cut', () => {
  it('is every append that was acknowledged, and what others wrote before it', async () => {
    const { path, flush, unflushed, afterPowerCut, flushes } = await onDisk();
    const [before, events] = [someEvent(), someEvents(40)];
    await unflushed.append(freshStream('task'), [before], 'no_stream');
    const store = await open({ path, flush });
    await Promise.all(events.map((event) => store.append(freshStream('task'), [event], 'no_stream')));
    expect(flushes()).toBe(1);
    expect(new Set(await afterPowerCut())).toEqual(new Set([before, ...events].map(({ id }) => id)));
  });

  it.each<[string, (store: EventStore, stream: string) => Promise<unknown>]>([
    ['a subscriber', (store) => historyOf(store, START, ['task-'])],
    ['a reader of its stream', (store, stream) => store.readStream(stream)],
    ['who asks where the log ends', (store) => store.head()],
  ])('is every event of which %s was told, whoever wrote it', async (_, tell) => {
    const { path, flush, unflushed, afterPowerCut, flushes } = await onDisk();
    const [stream, event] = [freshStream('task'), someEvent()];
    await unflushed.append(stream, [event], 'no_stream');
    const store = await open({ path, flush });
    await tell(store, stream);
    expect(await afterPowerCut()).toEqual([event.id]);
    await tell(store, stream);
    expect(flushes()).toBe(1);
  });

  it('need not be flushed again by a reader, once it was opened, when the writer says that it was', async () => {
    const { path } = await onDisk();
    let flushes = 0;
    const counting = () => {
      flushes += 1;
    };
    const [writer, stream] = [await open({ path }), freshStream('task')];
    const append = (expected: 'no_stream' | bigint) => writer.append(stream, someEvents(1), expected);
    await append('no_stream');
    const reader = await open({ path, flush: counting });
    await append(0n);
    expect(await reader.readStream(stream)).toHaveLength(2);
    expect(await historyOf(reader, START, ['task-'])).toHaveLength(2);
    expect(flushes).toBe(0);
    // What the bell said before this one was opened may be of a log that was put back.
    const later = await open({ path, flush: counting });
    expect(await later.readStream(stream)).toHaveLength(2);
    expect(flushes).toBe(1);
  });

  it('is what a repeated append says was stored before', async () => {
    const { path, flush, unflushed, afterPowerCut } = await onDisk();
    const [stream, event] = [freshStream('task'), someEvent()];
    await unflushed.append(stream, [event], 'no_stream');
    const store = await open({ path, flush });
    expect(await store.append(stream, [event], 'no_stream')).toMatchObject({ repeated: true });
    expect(await afterPowerCut()).toEqual([event.id]);
  });

  it('is a log that was made, before it has an event', async () => {
    const [folder, left] = [logFolder(), logFolder()];
    const path = join(folder, 'main.db');
    const made = await open({ path, create: true, flush: () => execFileSync('cp', [path, `${path}-wal`, left]) });
    const found = await open({ path: join(left, 'main.db') });
    expect(await found.identity()).toBe(await made.identity());
  });

  it('is a log that another process made just now, for who opens it before it has an event', async () => {
    const [folder, left] = [logFolder(), logFolder()];
    const path = join(folder, 'main.db');
    await open({ path, create: true, flush: () => undefined });
    const reader = await open({ path, flush: () => execFileSync('cp', [path, `${path}-wal`, left]) });
    const found = await open({ path: join(left, 'main.db') });
    expect(await found.identity()).toBe(await reader.identity());
  });

  it('is told after the read that found it, which keeps nobody from starting the write-ahead log over', async () => {
    const { path, flush, unflushed } = await onDisk();
    const other = openDatabase({ path, busyTimeoutMs: 0 });
    const busy: number[] = [];
    const whileFlushed = (descriptor: number) => {
      flush(descriptor);
      busy.push(integer(other.prepare('PRAGMA wal_checkpoint(RESTART)').get() ?? [], 0));
    };
    const stream = freshStream('task');
    const append = (expected: 'no_stream' | bigint) => unflushed.append(stream, someEvents(1), expected);
    await append('no_stream');
    const reader = await open({ path, flush: whileFlushed });
    await reader.readStream(stream);
    await append(0n);
    await reader.head();
    await append(1n);
    await historyOf(reader, START, ['task-']);
    other.close();
    expect(busy).toEqual([0, 0, 0]);
  });

  it('is told of at the next poll to who follows, when a writer was killed before it flushed while others say how far they did', async () => {
    const { path, unflushed } = await onDisk();
    let [passed, flushes] = [0, 0];
    let polls: (() => void)[] = [];
    const clock = { now: () => Date.now(), monotonic: () => passed, sleep: () => new Promise<void>((resolve) => polls.push(resolve)) };
    const counting = () => {
      flushes += 1;
    };
    const [follower, writer] = [await open({ path, clock, flush: counting }), await open({ path })];
    const [stream, live, cut] = [freshStream('task'), someEvent(), someEvent()];
    const followed = follower.subscribe({ after: START })[Symbol.asyncIterator]();
    const next = async () => {
      const message = await followed.next();
      if (message.done === true) return undefined;
      return message.value.kind === 'events' ? message.value.events.map(({ id }) => id) : message.value.kind;
    };
    expect(await next()).toBe('caught_up');
    const first = next();
    await writer.append(stream, [live], 'no_stream');
    expect(await first).toEqual([live.id]);
    const before = flushes;
    await unflushed.append(stream, [cut], 0n);
    const second = next();
    const polling = setInterval(() => {
      passed += 1_000;
      for (const poll of polls.splice(0)) poll();
    }, 5);
    expect(await second).toEqual([cut.id]);
    expect(flushes).toBe(before + 1);
    clearInterval(polling);
    await follower.close();
    polls = [];
  });

  it.each([Buffer.alloc(16, 'a'), Buffer.from(new Float64Array([Infinity, Infinity]).buffer)])(
    'is flushed by a reader whose bell says what no writer says',
    async (said) => {
      const { path, flush, unflushed, afterPowerCut } = await onDisk();
      const [stream, event] = [freshStream('task'), someEvent()];
      const reader = await open({ path, flush });
      await unflushed.append(stream, [event], 'no_stream');
      writeFileSync(`${path}-bell`, said);
      await reader.readStream(stream);
      expect(await afterPowerCut()).toEqual([event.id]);
    },
  );

  it('is nothing that an unflushed log promises', async () => {
    const { path, flushes } = await onDisk();
    const store = await open({ path, synchronous: 'NORMAL', flush: () => expect(flushes()).toBe('never') });
    await store.append(freshStream('task'), someEvents(1), 'no_stream');
    expect(await historyOf(store, START, ['task-'])).toHaveLength(1);
  });
});

describe('a disk that fails', () => {
  it('acknowledges nothing more, nor tells of what it may have lost, until the log is opened again', async () => {
    const { path } = await onDisk();
    let fails = false;
    const flush = () => {
      if (fails) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    };
    const [store, kept, stream, event] = [await open({ path, flush }), freshStream('task'), freshStream('task'), someEvent()];
    await store.append(kept, someEvents(1), 'no_stream');
    fails = true;
    await expect(store.append(stream, [event], 'no_stream')).rejects.toThrow(StoreUnavailable);
    fails = false;
    await expect(store.append(stream, [event], 'no_stream')).rejects.toThrow(StoreUnavailable);
    await expect(store.append(freshStream('task'), someEvents(1), 'no_stream')).rejects.toThrow(StoreUnavailable);
    await expect(store.readStream(stream)).rejects.toThrow(StoreUnavailable);
    await expect(historyOf(store, START, ['task-'])).rejects.toThrow(StoreUnavailable);
    // Where the log ends was found before it could not be flushed.
    await expect(historyOf(store, START, ['task-'])).rejects.toThrow(StoreUnavailable);
    expect(await store.readStream(kept)).toHaveLength(1);
    const again = await open({ path, flush });
    expect(await again.head()).toBe(2n);
    expect(await again.append(stream, [event], 'no_stream')).toMatchObject({ repeated: true });
  });
});
