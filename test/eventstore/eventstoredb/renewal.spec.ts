import { describe, expect, it } from '@jest/globals';
import { addressOf } from '../../../src/eventstore/eventstoredb/address.ts';
import { sharedClient } from '../../../src/eventstore/eventstoredb/sharedClient.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { freshStream, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble } from './onTheDouble.ts';

const { open, server } = onTheDouble();

describe('a read under way when the client is replaced', () => {
  it('is begun again, and never taken for whole because it ended', async () => {
    const [store, stream] = [await open({ timings: { readMs: 20_000 } }), freshStream()];
    await store.append(stream, someEvents(20), 'no_stream');
    const shared = sharedClient(addressOf(server().address), 'classic', systemClock(), 100);
    const head = await store.head();
    for (const read of [async () => (await store.readStream(stream)).length, () => store.head()]) {
      server().ignoreNext('read');
      const { read: began } = server().calls;
      const answer = read();
      while (server().calls.read === began) await new Promise((resolve) => setImmediate(resolve));
      shared.renew();
      expect([20, head]).toContain(await answer);
    }
    await shared.release();
  });
});
