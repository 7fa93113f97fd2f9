import { describe, expect, it } from '@jest/globals';
import { StoreClosed, StoreUnavailable, StoreUnreadable, WrongExpectedRevision } from '../../../src/eventstore/errors.ts';
import type { Fault } from '../../support/eventStoreDb/commits.ts';
import { freshStream, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, PATIENT } from './onTheDouble.ts';

const unknown: readonly Fault[] = [
  { kind: 'answer_lost' },
  { kind: 'connection_lost' },
  { kind: 'connection_lost_before' },
  { kind: 'busy' },
  { kind: 'not_ready' },
  { kind: 'not_leader' },
  { kind: 'timeout' },
  { kind: 'late', ms: 700 },
  { kind: 'slow', ms: 700 },
];

describe.each(['classic', 'batch'] as const)('an append to EventStoreDB on the %s path', (appendPath) => {
  const { server, open } = onTheDouble();
  const stored = (stream: string) => server().log.stream(stream).events;

  it.each(unknown)('whose outcome is not known ($kind) is sent again until it is, and stored once', async (fault) => {
    const [store, stream] = [await open({ appendPath }), freshStream()];
    server().strike(fault);
    expect(await store.append(stream, someEvents(2), 'no_stream')).toMatchObject({ revision: 1n, repeated: false });
    expect(stored(stream)).toHaveLength(2);
  });

  it('that fails in several ways in a row is still stored once', async () => {
    const [store, stream] = [await open({ appendPath }), freshStream()];
    for (const kind of ['connection_lost', 'busy', 'answer_lost', 'timeout'] as const) server().strike({ kind });
    await store.append(stream, someEvents(1), 'no_stream');
    expect(await store.append(stream, someEvents(1), 0n)).toMatchObject({ revision: 1n });
    expect(stored(stream)).toHaveLength(2);
  });

  it('is found by its own ids when the server’s memory of them is spoilt and it claims a conflict', async () => {
    const [store, stream, events] = [await open({ appendPath }), freshStream(), someEvents(3)];
    server().strike({ kind: 'connection_lost' });
    server().strike({ kind: 'false_conflict' });
    expect(await store.append(stream, events, 'no_stream')).toMatchObject({ revision: 2n });
    expect(stored(stream)).toHaveLength(3);
  });

  it('is a conflict when others wrote while its outcome was not known', async () => {
    const [store, other, stream] = [await open({ appendPath }), await open({ appendPath }), freshStream()];
    server().strike({ kind: 'connection_lost_before' });
    const both = await Promise.allSettled([store.append(stream, someEvents(1), 'no_stream'), other.append(stream, someEvents(1), 'no_stream')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'WrongExpectedRevision', actual: 0n } });
    expect(stored(stream)).toHaveLength(1);
  });

  it('is given up after the store’s wait, naming address and cause, but no password', async () => {
    const address = server().address.replace('//', '//ana:secret@');
    const store = await open({ address, appendPath, timings: { ...PATIENT, storeWaitMs: 500 } });
    await server().network.down();
    const append = store.append(freshStream(), someEvents(1), 'no_stream');
    await expect(append).rejects.toThrow(StoreUnavailable);
    await expect(append).rejects.toThrow(new RegExp(`esdb://…@127.0.0.1:${server().network.port} gave no answer.*ECONNREFUSED`));
    await expect(append).rejects.not.toThrow(/secret/);
    await server().network.up();
    expect(await store.append(freshStream(), someEvents(1), 'no_stream')).toMatchObject({ revision: 0n });
  });

  it('that is not allowed is refused at once, with what to check', async () => {
    const store = await open({ appendPath });
    server().strike({ kind: 'access_denied' });
    await expect(store.append(freshStream(), someEvents(1), 'no_stream')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      mend: expect.stringMatching(/password/),
    });
    expect(server().log.all.filter(({ stream }) => stream.startsWith('conformance'))).toEqual([]);
  });

  it('to a tombstoned stream says so; reading it finds nothing', async () => {
    const [store, stream] = [await open({ appendPath }), freshStream()];
    await store.append(stream, someEvents(1), 'no_stream');
    server().log.remove(stream, 'any', true);
    await expect(store.append(stream, someEvents(1), 0n)).rejects.toThrow(StoreUnreadable);
    expect(await store.readStream(stream)).toEqual([]);
  });

  it('ends with the store, in time, when the server has fallen silent', async () => {
    const store = await open({ appendPath, timings: { appendMs: 60_000 } });
    server().network.freeze();
    const append = store.append(freshStream(), someEvents(1), 'no_stream');
    const refused = expect(append).rejects.toThrow(StoreClosed);
    const began = performance.now();
    await store.close();
    await refused;
    expect(performance.now() - began).toBeLessThan(PATIENT.appendMs);
  });

  it('ends with the store, in time, also when many wait for a place', async () => {
    const store = await open({ appendPath, timings: { appendMs: 60_000 } });
    server().network.freeze();
    const appends = Array.from({ length: 100 }, () => store.append(freshStream(), someEvents(1), 'no_stream'));
    const all = Promise.allSettled(appends);
    const began = performance.now();
    await store.close();
    for (const settled of await all) expect(settled).toMatchObject({ status: 'rejected', reason: { name: 'StoreClosed' } });
    expect(performance.now() - began).toBeLessThan(PATIENT.appendMs);
  });

  it('is told apart from one that was there before, also by another store', async () => {
    const [store, stream, events] = [await open({ appendPath }), freshStream(), someEvents(2)];
    const first = await store.append(stream, events, 'no_stream');
    const other = await open({ appendPath });
    expect(await other.append(stream, events, 'no_stream')).toEqual({ ...first, repeated: true });
    await expect(other.append(stream, someEvents(1), 'no_stream')).rejects.toThrow(WrongExpectedRevision);
  });
});
