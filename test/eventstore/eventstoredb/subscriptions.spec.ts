import { describe, expect, it, jest } from '@jest/globals';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import type { Timings } from '../../../src/eventstore/eventstoredb/timings.ts';
import { StoreUnavailable, StoreUnreadable } from '../../../src/eventstore/errors.ts';
import { type EventStore, START, type Subscribe, type SubscriptionMessage } from '../../../src/eventstore/port.ts';
import { eventsOf, freshStream, historyOf, isCaughtUp, pullUntil, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, passed, PATIENT, until } from './onTheDouble.ts';

/** A subscriber that keeps what it was told, until its signal ends it. */
const follower = (store: EventStore, options: Subscribe) => {
  const told: SubscriptionMessage[] = [];
  const stop = new AbortController();
  const done = pullUntil(store, { ...options, signal: stop.signal }, (pulled) => {
    told.splice(0, told.length, ...pulled);
    return false;
  });
  const revisions = () => eventsOf(told).map(({ revision }) => Number(revision));
  return { told, revisions, caughtUp: () => told.filter(({ kind }) => kind === 'caught_up').length, stop: () => (stop.abort(), done) };
};

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const append = (store: EventStore, stream: string, at: number, count = 1) => store.append(stream, someEvents(count), at === 0 ? 'no_stream' : BigInt(at - 1));

describe('a subscription to EventStoreDB', () => {
  const { server, open } = onTheDouble();

  /** Live on a stream of three events. */
  const live = async (timings: Partial<Timings> = {}) => {
    const [store, stream] = [await open({ timings }), freshStream()];
    await append(store, stream, 0, 3);
    const following = follower(store, { after: START, prefixes: [stream] });
    await until(() => following.caughtUp() > 0);
    return { store, stream, following };
  };
  const resumes = async ({ store, stream, following }: Awaited<ReturnType<typeof live>>) => {
    await until(() => store.ready());
    await append(store, stream, 3, 2);
    await until(() => following.revisions().length >= 5);
    await following.stop();
    expect(following.revisions()).toEqual(numbers(5));
  };

  it('that is cut goes on where it was, and nothing is missing or told twice', async () => {
    const state = await live();
    server().network.cut();
    await until(() => !state.store.ready());
    await resumes(state);
    expect(state.following.caughtUp()).toBe(2);
  });

  it('outlasts a server that is away for longer than any call waits', async () => {
    const state = await live({ ...PATIENT, storeWaitMs: 300 });
    await server().network.down();
    await expect(state.store.head()).rejects.toThrow(StoreUnavailable);
    await until(() => !state.store.ready());
    await server().network.up();
    await resumes(state);
  });

  it('that only catches up beside a live one is no outage', async () => {
    const { store, following } = await live({ confirmMs: 1000 });
    server().ignoreNext('subscription');
    const { subscription: before } = server().calls;
    const other = follower(store, { after: START, prefixes: [freshStream()] });
    await until(() => server().calls.subscription > before);
    expect(store.ready()).toBe(true);
    await until(() => other.caughtUp() > 0);
    await Promise.all([following.stop(), other.stop()]);
  });

  it('that is never confirmed is made anew', async () => {
    const store = await open({ timings: { confirmMs: 400 } });
    server().ignoreNext('subscription');
    const following = follower(store, { after: START, prefixes: [freshStream()] });
    await until(() => following.caughtUp() > 0 && server().calls.cancelled > 0);
    expect(server().calls.subscription).toBeGreaterThan(1);
    await following.stop();
  });

  it('that died silently while its connection lives is found out by the canary', async () => {
    const state = await live({ canaryMs: 150 });
    server().silence();
    await append(state.store, state.stream, 3, 2);
    await until(() => state.following.revisions().length >= 5);
    expect(state.following.revisions()).toEqual(numbers(5));
    await state.following.stop();
  });

  it('lets the canary sing only while it is open, on one stream that keeps one event', async () => {
    const { store, following } = await live({ ...PATIENT, canaryMs: 150 });
    const canaries = () => server().log.all.filter(({ stream }) => stream === 'canary-holdfast').length;
    await until(() => canaries() >= 2);
    await following.stop();
    const sung = canaries();
    await passed(1000); // as long as six of them; one may have been under way
    expect(canaries()).toBeLessThanOrEqual(sung + 1);
    expect(server().log.all.filter(({ stream }) => stream === '$$canary-holdfast')).toHaveLength(1);
    expect(await store.readStream('canary-holdfast')).toHaveLength(1);
  });

  it('is not told of canaries, and its place moves on with them', async () => {
    const { following } = await live({ canaryMs: 150 });
    await until(() => following.told.some((message) => message.kind === 'events' && message.events.length === 0));
    await following.stop();
    expect(eventsOf(following.told).filter(({ stream }) => stream.startsWith('canary'))).toEqual([]);
  });

  it('of a frozen server is given up by keepalive, and made anew when it thaws', async () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const [store, stream] = [await open({ address: `${server().address}&keepAliveInterval=300&keepAliveTimeout=300` }), freshStream()];
    warn.mockRestore();
    await append(store, stream, 0, 3);
    const following = follower(store, { after: START, prefixes: [stream] });
    await until(() => following.caughtUp() > 0);
    server().network.freeze();
    await until(() => !store.ready());
    server().network.thaw();
    await resumes({ store, stream, following });
  });

  it('takes no checkpoint of 2^64−1: on a young log without a match it is caught up at the head, once', async () => {
    const store = await open();
    const stream = freshStream();
    const following = follower(store, { after: START, prefixes: [stream] });
    await until(() => following.caughtUp() > 0);
    expect(following.told.at(-1)).toEqual({ kind: 'caught_up', position: await store.head() });
    await until(() => server().calls.subscription > 1);
    await append(store, stream, 0, 2);
    await until(() => following.revisions().length >= 2);
    await following.stop();
    expect(following.caughtUp()).toBe(1);
    for (const { position } of following.told) expect(position).toBeLessThan(2n ** 63n);
  });

  it('names no position before the events up to it, however slow its consumer is', async () => {
    const [store, stream, other] = [await open(), freshStream(), freshStream('foreign')];
    for (let i = 0; i < 5; i += 1) {
      await append(store, other, i * 900, 900);
      await append(store, stream, i * 13, 13);
    }
    const positions = (await store.readStream(stream)).map(({ position }) => position);
    let seen = 0;
    for await (const message of store.subscribe({ after: START, prefixes: [stream] })) {
      if (message.kind === 'events') seen += message.events.length;
      expect(positions.filter((position) => position <= message.position)).toHaveLength(seen);
      if (message.kind === 'caught_up') break;
      await passed(2);
    }
    expect(seen).toBe(65);
  });

  it('holds the server back while its consumer works', async () => {
    const [store, stream] = [await open(), freshStream()];
    for (let i = 0; i < 5; i += 1) await append(store, stream, i * 1000, 1000);
    const sizes: number[] = [];
    for await (const message of store.subscribe({ after: START, prefixes: [stream] })) {
      if (message.kind === 'caught_up') break;
      sizes.push(message.events.length);
      if (sizes.length > 1) continue;
      await passed(1500);
      expect(server().calls.live).toBe(0);
    }
    expect(Math.max(...sizes)).toBeLessThan(1200);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5000);
  });

  it('refuses a place beyond the end: of another database, or of one that was restored', async () => {
    const store = await open();
    const beyond = pullUntil(store, { after: (await store.head()) + 1n }, isCaughtUp);
    await expect(beyond).rejects.toThrow(StoreUnreadable);
  });

  it('survives bytes, links, text that is no JSON, tombstones and the server’s own streams', async () => {
    const [store, stream, gone] = [await open(), freshStream(), freshStream('gone')];
    const client = EventStoreDBClient.connectionString(server().address);
    await client.appendToStream(stream, binaryEvent({ type: 'Bytes', data: new Uint8Array([0xff, 0x00]) }));
    await client.appendToStream(stream, binaryEvent({ type: '$>', data: Buffer.from(`7@${gone}`) }));
    await client.appendToStream(stream, { ...binaryEvent({ type: 'Text', data: new Uint8Array() }), contentType: 'application/json', data: 'a string' });
    await append(store, stream, 3);
    await append(store, gone, 0);
    await client.tombstoneStream(gone);
    const history = await historyOf(store, START, [stream, gone]);
    expect(history).toMatchObject([
      { type: 'Bytes', data: {}, metadata: {} },
      { type: '$>', data: {} },
      { type: 'Text', data: {} },
      { revision: 3n },
      { stream: gone },
    ]);
    expect(await store.readStream(stream)).toEqual(history.slice(0, 4));
    const everything = eventsOf(await pullUntil(store, { after: START }, isCaughtUp));
    expect(everything.filter((event) => event.stream.startsWith('$') || event.type === '$streamDeleted')).toEqual([]);
    await client.dispose();
  });

  it('keeps its identity for as long as the database lives, whoever asks first', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const names = await Promise.all(stores.map((store) => store.identity()));
    expect(new Set(names).size).toBe(1);
    expect(server().log.stream('holdfast-store').events).toHaveLength(1);
  });
});
