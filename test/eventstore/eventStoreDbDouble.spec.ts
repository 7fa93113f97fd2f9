import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, NO_STREAM, START, streamNameFilter, type ResolvedEvent } from '@eventstore/db-client';
import { freshStream } from '../support/storeEvents.ts';
import { holding } from '../support/eventStoreDb/commits.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';

// The double is only worth what it has in common with the server: each rule here was seen on a real 24.2.0.
describe.each([true, false])('the double of EventStoreDB (batch path: %p)', (batch) => {
  let server: EventStoreDbDouble;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    server = await eventStoreDbDouble({ batch, writeTimeoutMs: 200 });
    client = EventStoreDBClient.connectionString(server.address);
  });
  afterEach(async () => {
    await client.dispose();
    await server.close();
  });
  it('answers a repeated append as the first time, also after later events', async () => {
    const [stream, three] = [freshStream(), events(3)];
    const first = await client.appendToStream(stream, three, { expectedRevision: NO_STREAM });
    await client.appendToStream(stream, events(2), { expectedRevision: 2n });
    expect(await client.appendToStream(stream, three, { expectedRevision: NO_STREAM })).toEqual(first);
    expect(server.calls).toMatchObject(batch ? { batch: 1, append: 0 } : { batch: 0, append: 3 });
  });

  it('names both revisions in a conflict', async () => {
    const stream = freshStream();
    await client.appendToStream(stream, events(2), { expectedRevision: NO_STREAM });
    const wrong = client.appendToStream(stream, events(1), { expectedRevision: 7n });
    await expect(wrong).rejects.toMatchObject({ type: 'wrong-expected-version', expectedVersion: 7n, actualVersion: 1n });
    await expect(client.appendToStream(freshStream(), events(1), { expectedRevision: 0n })).rejects.toMatchObject({ actualVersion: 'no_stream' });
  });

  it('does not answer a copy of an append in flight, and stores it once', async () => {
    const [stream, one] = [freshStream(), events(1)];
    const { fault, release } = holding();
    server.strike(fault);
    const copies = [1, 2].map(() => client.appendToStream(stream, one, { expectedRevision: NO_STREAM }));
    await Promise.race(copies).catch(release);
    const both = await Promise.allSettled(copies);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { type: batch ? 'deadline-exceeded' : 'timeout' } });
    expect(server.log.stream(stream).events).toHaveLength(1);
  });

  it('tells a missing stream from a tombstoned one', async () => {
    const stream = freshStream();
    await expect(read(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
    await client.appendToStream(stream, events(1));
    await client.tombstoneStream(stream);
    await expect(read(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(client.appendToStream(stream, events(1))).rejects.toMatchObject({ type: 'stream-deleted' });
  });

  it('gives history, caught up, then live; and a checkpoint of 2^64−1 when nothing was sent yet', async () => {
    const stream = freshStream();
    const seen: unknown[] = [];
    const subscription = client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({ prefixes: [stream], maxSearchWindow: 500, checkpointReached: (_, { commit }) => void seen.push(commit) }),
    });
    const live = new Promise<ResolvedEvent>((resolve) => subscription.on('data', resolve));
    await new Promise((resolve) => subscription.on('caughtUp', () => resolve(seen.push('caught up'))));
    expect(seen).toEqual([2n ** 64n - 1n, 'caught up']);
    await client.appendToStream(stream, events(1));
    expect(await live).toMatchObject({ event: { streamId: stream, revision: 0n, data: { i: 0 } } });
    await subscription.unsubscribe();
  });

  it('refuses to begin between two events', async () => {
    await client.appendToStream(freshStream(), events(2));
    const last = server.log.all.at(-1)?.position ?? 0n;
    const subscription = client.subscribeToAll({ fromPosition: { commit: last - 1n, prepare: last - 1n } });
    expect(await new Promise((resolve) => subscription.on('error', resolve))).toMatchObject({ type: 'unknown', code: 3 });
  });
});

const events = (count: number) => Array.from({ length: count }, (_, i) => jsonEvent({ type: 'Happened', data: { i } }));

const read = async (stream: AsyncIterable<ResolvedEvent>): Promise<readonly ResolvedEvent[]> => {
  const seen = [];
  for await (const event of stream) seen.push(event);
  return seen;
};
