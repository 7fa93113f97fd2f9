import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { copyStreams } from '../../../src/eventstore/copyStreams.ts';
import { memoryEventStore } from '../../../src/eventstore/memory/memoryEventStore.ts';
import { type EventStore, START } from '../../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../../src/eventstore/sqlite/sqliteEventStore.ts';
import { digest } from '../../../src/platform/ids.ts';
import { historyOf, someEvents } from '../../support/storeEvents.ts';
import { logFolder } from '../../support/storeProcesses.ts';
import { onTheDouble } from './onTheDouble.ts';

const PREFIXES = ['task-', 'board-'];
const copy = (from: EventStore, to: EventStore, signal?: AbortSignal) => copyStreams({ from, to, prefixes: PREFIXES, digest, ...(signal && { signal }) });
const told = async (store: EventStore) =>
  (await historyOf(store, START, PREFIXES)).map(({ stream, revision, id, type, data, metadata }) => ({ stream, revision, id, type, data, metadata }));

describe('copying to a server and back', () => {
  const { server, open } = onTheDouble();

  it('keeps order, revisions, ids, data and metadata, whatever becomes of single appends', async () => {
    const source = memoryEventStore();
    for (let i = 0; i < 20; i += 1)
      for (const name of ['task-a', 'board-b', 'other-c']) await source.append(name, someEvents(2), i === 0 ? 'no_stream' : BigInt(2 * i - 1));
    const there = await open();
    for (const kind of ['busy', 'answer_lost', 'connection_lost'] as const) server().strike({ kind }, 'task-');
    expect(await copy(source, there)).toMatchObject({ ok: true, complete: true, copied: 80, events: 80, streams: 2 });
    expect(await told(there)).toEqual(await told(source));
    const back = await openSqliteEventStore({ path: join(logFolder(), 'log.db'), create: true });
    expect(await copy(there, back)).toMatchObject({ ok: true, complete: true, copied: 80 });
    expect(await told(back)).toEqual(await told(source));
    await source.append('task-a', someEvents(1), 39n);
    expect(await copy(source, there)).toMatchObject({ ok: true, complete: true, copied: 1, events: 81 });
    await back.close();
  });

  it('refuses a server that holds other events of a stream', async () => {
    const source = memoryEventStore();
    await source.append('task-a', someEvents(3), 'no_stream');
    const there = await open();
    await there.append('task-a', someEvents(1), 'no_stream');
    expect(await copy(source, there)).toMatchObject({ ok: false, code: 'target_differs' });
  });
});
