import { ANY, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { Connection } from './connection.ts';
import { within } from './waiting.ts';

/** One stream for all processes: it holds one event, and anybody's event tells that a subscription lives. */
export const CANARY_STREAM = 'canary-holdfast';

/** What the canary needs of a subscription. Times are monotonic ms. */
type Listener = { readonly heardAt: () => number; readonly fail: (failure: Error) => void };

/**
 * Finds out subscriptions that died while their connection lives. Every `canaryMs`, if one of them was silent for that long, it appends an
 * event that all of them must bring; one that did not by the next time is failed. Only while a subscription is open.
 */
export type Canary = { readonly attend: (listener: Listener) => () => void };

export const canary = (connection: Connection): Canary => {
  const { clock, timings, closing } = connection;
  const sing = singer(connection);
  const listeners = new Set<Listener>();
  let alone = new AbortController();

  const watch = async (stop: AbortSignal) => {
    let sungAt: number | undefined;
    for (;;) {
      await clock.sleep(timings.canaryMs, stop);
      if (stop.aborted) return;
      for (const listener of Array.from(listeners))
        if (sungAt !== undefined && listener.heardAt() < sungAt)
          listener.fail(new Error(`the subscription was silent although events came (${timings.canaryMs} ms)`));
      const now = clock.monotonic();
      const silent = Array.from(listeners).some((listener) => listener.heardAt() <= now - timings.canaryMs);
      sungAt = silent && (await sing()) ? now : undefined;
    }
  };

  return {
    attend: (listener) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        alone = new AbortController();
        void watch(AbortSignal.any([alone.signal, closing]));
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) alone.abort();
      };
    },
  };
};

/** Whether the event is known to be stored. A lost one is no matter: the next one comes. */
const singer = ({ client, clock, timings, closed }: Connection): (() => Promise<boolean>) => {
  let bounded = false;
  const settled = async (append: () => Promise<unknown>): Promise<boolean> => {
    await client.renewing();
    const leave = await client.unsettled.enter();
    const done = append().then(
      () => true,
      () => false,
    );
    void done.finally(leave);
    return (await within(clock, timings.appendMs, done, closed))?.value ?? false;
  };
  const deadline = timings.appendMs;
  return async () => {
    // Refused when another process has done it already, which is just as well.
    if (!bounded) await settled(() => client.current().setStreamMetadata(CANARY_STREAM, { maxCount: 1 }, { expectedRevision: NO_STREAM, deadline }));
    bounded = true;
    return settled(() => client.current().appendToStream(CANARY_STREAM, jsonEvent({ type: 'CanarySang', data: {} }), { expectedRevision: ANY, deadline }));
  };
};
