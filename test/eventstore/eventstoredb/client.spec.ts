import { describe, expect, it, jest } from '@jest/globals';
import { openEventStoreDbStore } from '../../../src/eventstore/eventstoredb/eventStoreDbStore.ts';
import { addressOf } from '../../../src/eventstore/eventstoredb/address.ts';
import { sharedClient } from '../../../src/eventstore/eventstoredb/sharedClient.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { StoreUnavailable } from '../../../src/eventstore/errors.ts';
import { holding } from '../../support/eventStoreDb/commits.ts';
import { eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';
import { freshStream, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, passed, PATIENT, QUICK, until } from './onTheDouble.ts';

describe('the client of EventStoreDB', () => {
  const { server, open } = onTheDouble();

  it('is one for all stores of an address, and ends with the last of them', async () => {
    const [one, two] = [await open({ appendPath: 'batch' }), await open({ appendPath: 'batch' })];
    await Promise.all([one.append(freshStream(), someEvents(1), 'no_stream'), two.append(freshStream(), someEvents(1), 'no_stream')]);
    await one.close();
    expect(await two.append(freshStream(), someEvents(1), 'no_stream')).toMatchObject({ revision: 0n });
    expect(server().calls.batch).toBe(1);
  });

  it('does not reject what is under way when another store of the process is closed', async () => {
    const [one, two] = [await open({ appendPath: 'batch' }), await open({ appendPath: 'batch' })];
    await one.append(freshStream(), someEvents(1), 'no_stream');
    const { fault, release } = holding();
    server().strike(fault);
    const append = two.append(freshStream(), someEvents(1), 'no_stream');
    await passed(50);
    await one.close();
    release();
    expect(await append).toMatchObject({ revision: 0n, repeated: false });
    expect(server().calls.batch).toBe(1);
  });

  it('never has more than 16 unsettled appends on the batch path, those given up included', async () => {
    const store = await open({ appendPath: 'batch', timings: { appendMs: 200 } });
    const { fault, release } = holding();
    for (let i = 0; i < 16; i += 1) server().strike(fault, 'slow');
    const slow = Array.from({ length: 16 }, () => store.append(freshStream('slow'), someEvents(1), 'no_stream'));
    const next = store.append(freshStream('next'), someEvents(1), 'no_stream');
    await passed(600);
    expect(server().log.all.filter(({ stream }) => stream.startsWith('next'))).toEqual([]);
    release();
    await Promise.all([...slow, next]);
    expect(server().log.all.filter(({ stream }) => stream.startsWith('slow'))).toHaveLength(16);
  });

  it('opens no second server on the batch path: its answers would be mixed up', async () => {
    const other = await eventStoreDbDouble();
    await open({ appendPath: 'batch' });
    await expect(openEventStoreDbStore({ address: other.address, appendPath: 'batch' })).rejects.toThrow(/batch path/);
    await other.close();
  });

  it('takes the classic path by default and asks the server for no features', async () => {
    const store = await open();
    await store.append(freshStream(), someEvents(1), 'no_stream');
    expect(server().calls).toMatchObject({ append: expect.any(Number), batch: 0, features: 0 });
    expect(server().calls.append).toBeGreaterThan(0);
  });

  it('is replaced when it is stuck in a failure', async () => {
    const store = await open({ appendPath: 'batch' });
    server().failFeatures(true);
    const append = store.append(freshStream(), someEvents(1), 'no_stream');
    await until(() => server().calls.features > 1);
    server().failFeatures(false);
    expect(await append).toMatchObject({ revision: 0n });
  });

  it('finds the leader by gossip, also after a time without any node', async () => {
    const address = server().address.replace('esdb:', 'esdb+discover:').concat('&maxDiscoverAttempts=2&discoveryInterval=20');
    const store = await open({ address, appendPath: 'batch' });
    await store.append(freshStream(), someEvents(1), 'no_stream');
    await server().network.down();
    const append = store.append(freshStream(), someEvents(1), 'no_stream');
    await passed(400);
    await server().network.up();
    expect(await append).toMatchObject({ revision: 0n });
    expect(server().calls.gossip).toBeGreaterThan(1);
  });

  it('waits at open for a server that starts later', async () => {
    await server().network.down();
    const opening = open();
    await passed(100);
    await server().network.up();
    expect(await (await opening).head()).toBeGreaterThanOrEqual(0n);
  });

  it('says at open that nobody answers, where, and why', async () => {
    // A port that nobody may take, unlike one that was given back: another spec's server may have it by now.
    await expect(open({ address: 'esdb://127.0.0.1:1?tls=false', timings: { ...PATIENT, storeWaitMs: 300 } })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/127\.0\.0\.1:1 gave no answer in \d+ s.*ECONNREFUSED/),
      mend: expect.stringContaining('server runs'),
    });
  });

  it.each(['esdb://', 'esdb://?tls=false', 'esdb://[::1]:2113', 'esdb://localhost:notaport'])('refuses the address %p with words of ours', async (address) => {
    await expect(openEventStoreDbStore({ address, timings: QUICK })).rejects.toThrow(StoreUnavailable);
  });

  it('closes in time after reads that were cut at their limit', async () => {
    const closeMs = 20_000;
    const [store, stream] = [await open({ timings: { closeMs } }), freshStream()];
    await store.append(stream, someEvents(20), 'no_stream');
    for (const limit of [1, 5, 20, 21]) expect(await store.readStream(stream, { limit })).toHaveLength(Math.min(limit, 20));
    const began = performance.now();
    await store.close();
    expect(performance.now() - began).toBeLessThan(closeMs);
  });

  it('is left behind when it does not end in time', async () => {
    const shared = sharedClient(addressOf(server().address), 'classic', systemClock(), 100);
    Object.defineProperty(shared.current(), 'dispose', { value: () => new Promise(() => undefined) });
    await expect(shared.release()).resolves.toBeUndefined();
  });

  it('cancels a read that has fallen silent, and begins it again', async () => {
    const [store, stream] = [await open(), freshStream()];
    await store.append(stream, someEvents(20), 'no_stream');
    server().ignoreNext('read');
    expect(await store.readStream(stream)).toHaveLength(20);
    server().ignoreNext('read');
    expect(await store.head()).toBeGreaterThan(0n);
    await until(() => server().calls.cancelled === 2);
  });

  it('never takes a read for complete that ended because the client was replaced', async () => {
    const [writer, store, stream] = [await open(), await open({ appendPath: 'batch', timings: { readMs: 30_000 } }), freshStream()];
    await writer.append(stream, someEvents(20), 'no_stream');
    server().ignoreNext('read');
    const read = store.readStream(stream);
    server().failFeatures(true);
    const append = store.append(freshStream(), someEvents(1), 'no_stream');
    await until(() => server().calls.features > 1);
    server().failFeatures(false);
    await append;
    expect(await read).toHaveLength(20);
  });

  it('is not replaced, and no read of it is cut short, because one read got no answer', async () => {
    const [store, stream] = [await open(), freshStream()];
    await store.append(stream, someEvents(20), 'no_stream');
    server().network.freeze();
    const reads = [store.readStream(stream)];
    for (const late of [100, 100, 100]) {
      await passed(late);
      reads.push(store.readStream(stream));
    }
    await passed(QUICK.readMs * 2);
    server().network.thaw();
    for (const read of reads) expect(await read).toHaveLength(20);
  });

  it('stores appends of a host whose clock is a minute behind the server’s', async () => {
    const ahead = await eventStoreDbDouble({ clockAheadMs: 60_000 });
    const store = await open({ address: ahead.address, appendPath: 'batch' });
    expect(await store.append(freshStream(), someEvents(1), 'no_stream')).toMatchObject({ revision: 0n });
    await store.close();
    await ahead.close();
  });

  it('writes no warnings of its own', async () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    await open();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
