import { StoreClosed } from '../errors.ts';
import { START } from '../port.ts';
import type { Connection } from './connection.ts';
import { isLasting, unreachable } from './causes.ts';
import { failureOf } from './failures.ts';
import { pause } from './waiting.ts';

/**
 * Tries a call that changes nothing until it is answered, for `storeWaitMs`; at the first contact not when waiting cannot help.
 * @throws StoreUnavailable, StoreClosed, and what a refusal says
 */
export const retrying = async <Answer>(connection: Connection, what: string, call: () => Promise<Answer>): Promise<Answer> => {
  const { clock, timings, address, client, closing, seen } = connection;
  const began = clock.monotonic();
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.renewing();
      return await call();
    } catch (thrown) {
      if (thrown instanceof StoreClosed) throw thrown;
      const failure = failureOf(thrown, address.shown, what);
      if (failure.kind === 'refused') throw failure.error;
      const cause = failure.kind === 'unknown' ? failure.cause : new Error('it answered a read with a conflict');
      if (failure.kind === 'unknown' && failure.poisoned) client.renew();
      const waited = clock.monotonic() - began;
      const hopeless = isLasting(cause) && seen.position() === START;
      if (hopeless || waited >= timings.storeWaitMs) throw unreachable(address.shown, what, waited, cause);
    }
    await clock.sleep(pause(timings.retryMs, attempt), closing);
    if (closing.aborted) throw new StoreClosed();
  }
};
