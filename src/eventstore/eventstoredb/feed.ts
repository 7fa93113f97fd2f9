import { type AllStreamSubscription, type EventStoreDBClient, START as FIRST, streamNameFilter } from '@eventstore/db-client';
import type { Clock } from '../../platform/clock.ts';
import { wakeups } from '../../platform/wakeups.ts';
import { START } from '../port.ts';
import { normalised } from './failures.ts';
import type { ClientEvent } from './recorded.ts';

/** What a subscription of the client says, in the order of the log. */
export type Item =
  { readonly kind: 'event'; readonly event: ClientEvent } | { readonly kind: 'checkpoint'; readonly position: bigint } | { readonly kind: 'live' };

/** One subscription of the client, made once and never again; whoever uses it makes another when it fails. */
export type Feed = {
  /** What waits, oldest first; makes room for more. */
  readonly take: () => readonly Item[];
  /** Resolves when something waits or it failed, or when the signal aborts. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  readonly failure: () => Error | undefined;
  /** Ends it with this failure: what it should have said is missing. */
  readonly fail: (failure: Error) => void;
  /** When it last said something; now, while nobody takes what waits. Monotonic ms. */
  readonly heardAt: () => number;
  readonly end: () => void;
};

type OpenFeed = {
  readonly client: EventStoreDBClient;
  readonly clock: Clock;
  readonly confirmMs: number;
  readonly after: bigint;
  /** Undefined: every stream that is not the server's own. */
  readonly prefixes: readonly string[] | undefined;
};

/** Held at most for a consumer that does not pull; then the server is made to wait. */
const HELD = 1024;
/** A wide window: the default of 32 makes 6 300 checkpoints of 200 000 foreign events (facts §1.6). */
const WINDOW = { maxSearchWindow: 500, checkpointInterval: 4 };

export const openFeed = ({ client, clock, confirmMs, after, prefixes }: OpenFeed): Feed => {
  const bell = wakeups();
  const held: Item[] = [];
  // Checkpoints and caught-up are told when they are decoded, ahead of events that still wait in the stream: each is held until so many events came.
  const early: { readonly behind: number; readonly item: Item }[] = [];
  const over = new AbortController();
  let [received, heard] = [0, clock.monotonic()];
  let failure: Error | undefined;
  let ringing = false;

  /** Once for all that this turn of the event loop brings: the client hands on one event at a time, and a batch of one costs as much as one of a hundred. */
  const ring = () => {
    if (ringing) return;
    ringing = true;
    setImmediate(() => {
      ringing = false;
      bell.wake();
    });
  };
  const put = (item: Item) => {
    held.push(item);
    if (held.length >= HELD) subscription.pause();
    ring();
  };
  const inOrder = (item: Item) => {
    heard = clock.monotonic();
    const behind = received + subscription.readableLength;
    if (behind > received) early.push({ behind, item });
    else put(item);
  };
  const fail = (error: Error) => {
    failure ??= error;
    over.abort();
    bell.wake();
  };
  const subscription = subscribed(client, after, prefixes, (position) => inOrder({ kind: 'checkpoint', position }));
  subscription.on('data', ({ event, link }) => {
    heard = clock.monotonic();
    received += 1;
    const stored = link ?? event;
    if (stored !== undefined) put({ kind: 'event', event: stored });
    while (early[0] !== undefined && early[0].behind <= received) put(early.splice(0, 1)[0]?.item ?? { kind: 'live' });
  });
  subscription.on('caughtUp', () => inOrder({ kind: 'live' }));
  subscription.on('confirmation', () => over.abort());
  subscription.on('error', (error) => fail(normalised(error)));
  subscription.on('end', () => fail(new Error('the server ended the subscription')));
  subscription.on('close', () => fail(new Error('the subscription was closed')));
  void unconfirmed(clock, confirmMs, over.signal, fail);

  return {
    take: () => {
      const taken = held.splice(0);
      if (taken.length >= HELD) subscription.resume();
      return taken;
    },
    wait: async (signal) => {
      if ((held.length === 0 || ringing) && failure === undefined) await bell.wait(signal);
    },
    failure: () => failure,
    fail,
    heardAt: () => (held.length > 0 ? clock.monotonic() : heard),
    end: () => {
      fail(new Error('it was ended'));
      end(subscription);
    },
  };
};

const subscribed = (client: EventStoreDBClient, after: bigint, prefixes: readonly string[] | undefined, checkpoint: (position: bigint) => void) => {
  const checkpointReached = (_: unknown, { commit }: { readonly commit: bigint }) => checkpoint(commit);
  const options = { ...WINDOW, checkpointReached };
  return client.subscribeToAll({
    fromPosition: after === START ? FIRST : { commit: after, prepare: after },
    filter: prefixes === undefined ? streamNameFilter({ ...options, regex: '^[^$]' }) : streamNameFilter({ ...options, prefixes: [...prefixes] }),
  });
};

/** A frozen server gives neither confirmation nor error (§1.9 #8). */
const unconfirmed = async (clock: Clock, ms: number, confirmed: AbortSignal, fail: (error: Error) => void): Promise<void> => {
  await clock.sleep(ms, confirmed);
  if (!confirmed.aborted) fail(new Error(`the subscription was not confirmed in ${ms} ms`));
};

/** After an error it is neither ended nor destroyed by the client, and destroying alone would leave the call open (§1.9 #6, #8). */
const end = (subscription: AllStreamSubscription): void => {
  subscription.unsubscribe().catch(() => undefined);
  subscription.destroy();
};
