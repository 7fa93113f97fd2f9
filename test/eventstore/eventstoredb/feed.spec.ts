import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { type Item, openFeed } from '../../../src/eventstore/eventstoredb/feed.ts';
import { START } from '../../../src/eventstore/port.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { freshStream, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, passed, until } from './onTheDouble.ts';

/** Records that the server looks at between two checkpoints, as the feed asks it to. */
const RECORDS = 2000;
/** Events that the feed holds before it makes the server wait. */
const HELD = 1024;

describe('what a subscription of the client says', () => {
  const { server, open } = onTheDouble();

  it('comes in the order of the log, also a checkpoint that was told while events before it still waited', async () => {
    const [store, stream, other] = [await open(), freshStream(), freshStream('foreign')];
    const ours = HELD + 8; // the checkpoint is decoded while the stream is held back, behind events that wait in it
    const foreign = RECORDS - ours - server().log.all.length;
    await store.append(other, someEvents(foreign), 'no_stream');
    await store.append(stream, someEvents(ours), 'no_stream');
    await store.append(stream, someEvents(40), BigInt(ours - 1));
    const client = EventStoreDBClient.connectionString(server().address);
    const feed = openFeed({ client, clock: systemClock(), confirmMs: 30_000, after: START, prefixes: [stream] });
    await until(() => server().calls.live > 0);
    await passed(300);
    const items: Item[] = [];
    while (!items.some(({ kind }) => kind === 'live')) {
      items.push(...feed.take());
      await feed.wait(AbortSignal.timeout(100));
    }
    feed.end();
    const kinds = items.map(({ kind }) => kind);
    expect(kinds.indexOf('checkpoint')).toBe(ours);
    expect(kinds.filter((kind) => kind === 'event')).toHaveLength(ours + 40);
    expect(kinds.slice(-2)).toEqual(['checkpoint', 'live']);
    await client.dispose();
  });
});
