import { describe, expect, it } from '@jest/globals';
import { START } from '../../../src/eventstore/port.ts';
import { freshStream, isCaughtUp, pullUntil, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, passed, QUICK, until } from './onTheDouble.ts';

describe('a user of EventStoreDB', () => {
  const { server, open } = onTheDouble();
  const someone = () => ({ address: server().address.replace('//', '//ana:secret@') });

  it('without rights on $all works on single streams, and is told what the rest needs', async () => {
    server().allow('streams');
    const [store, stream] = [await open(someone()), freshStream()];
    expect(await store.append(stream, someEvents(2), 'no_stream')).toMatchObject({ revision: 1n });
    expect(await store.readStream(stream)).toHaveLength(2);
    const told = {
      name: 'StoreUnavailable',
      message: expect.stringContaining(`…@127.0.0.1:${server().network.port} does not let this user`),
      mend: expect.stringMatching(/readRoles of \$all \(docs/),
      denied: true,
    };
    await expect(store.head()).rejects.toMatchObject(told);
    await expect(pullUntil(store, { after: START }, isCaughtUp)).rejects.toMatchObject(told);
  });

  it('with a wrong password is told so at once', async () => {
    server().allow('unknown_user');
    const began = performance.now();
    await expect(open(someone())).rejects.toMatchObject({ message: expect.stringContaining('does not know this user'), mend: expect.stringContaining('%3A') });
    expect(performance.now() - began).toBeLessThan(QUICK.storeWaitMs);
  });

  it('that is not named in the address is asked for', async () => {
    server().allow('streams');
    await expect((await open()).head()).rejects.toMatchObject({ message: expect.stringContaining('wants a user') });
  });

  const live = async () => {
    const [store, stream, stop] = [await open(someone()), freshStream(), new AbortController()];
    await store.append(stream, someEvents(1), 'no_stream');
    const counted = { told: 0 };
    const done = pullUntil(store, { after: START, prefixes: [stream], signal: stop.signal }, (messages) => {
      counted.told = messages.flatMap((message) => (message.kind === 'events' ? message.events : [])).length;
      return false;
    });
    await until(() => store.ready() && counted.told > 0);
    return { store, stream, done, told: () => counted.told, stop: () => stop.abort() };
  };

  it('whom a server that has just started does not know yet keeps the place of a subscription', async () => {
    const { store, stream, done, told, stop } = await live();
    server().allow('unknown_user');
    server().network.cut();
    await passed(300);
    expect(server().calls.read).toBeLessThan(50);
    server().allow('all');
    await store.append(stream, someEvents(1), 0n);
    await until(() => told() >= 2);
    stop();
    await done;
  });

  it('who loses the rights on $all is told by the subscription', async () => {
    const { done } = await live();
    server().allow('streams');
    server().network.cut();
    await expect(done).rejects.toMatchObject({ mend: expect.stringMatching(/readRoles of \$all/) });
  });
});
