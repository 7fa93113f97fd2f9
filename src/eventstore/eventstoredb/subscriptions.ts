import { StoreClosed, StoreUnavailable, StoreUnreadable } from '../errors.ts';
import { START, type Subscribe, type SubscriptionMessage } from '../port.ts';
import { CANARY_STREAM, type Canary } from './canary.ts';
import { assertOpen, type Connection } from './connection.ts';
import { unreachable } from './causes.ts';
import { codeOf, failureOf, isForbidden, isUnauthenticated } from './failures.ts';
import { type Feed, openFeed } from './feed.ts';
import { messagesOf, type Place, placeAt } from './place.ts';
import type { Reads } from './streamReads.ts';
import { pause, within } from './waiting.ts';

const INVALID_ARGUMENT = 3;
const FOR_EVER = 2 ** 31 - 1;

type Supervised = {
  readonly connection: Connection;
  readonly reads: Reads;
  readonly canary: Canary;
  /** Subscriptions that failed and are not live again. One that still catches up for the first time is no outage. */
  readonly down: Set<symbol>;
};

type Run = Supervised & { readonly place: Place; readonly prefixes: readonly string[] | undefined; readonly ended: AbortSignal; readonly name: symbol };

/**
 * History, caught-up, live, over as many subscriptions of the client as it takes: one that fails, or falls silent, is destroyed and made anew
 * from our own position, after 1–30 s. @throws StoreUnavailable when it was not live once within `storeWaitMs`; StoreUnreadable
 */
export async function* subscription(options: Supervised, { after, prefixes, signal }: Subscribe): AsyncGenerator<SubscriptionMessage, void, void> {
  const { connection, down } = options;
  assertOpen(connection);
  const ended = signal === undefined ? connection.closing : AbortSignal.any([signal, connection.closing]);
  const run: Run = { ...options, place: placeAt(after), prefixes, ended, name: Symbol('subscription') };
  try {
    yield* supervised(run);
  } catch (error) {
    if (!(error instanceof StoreClosed)) throw error;
  } finally {
    down.delete(run.name);
  }
}

async function* supervised(run: Run): AsyncGenerator<SubscriptionMessage, void, void> {
  const { ended, connection, down, name } = run;
  const began = connection.clock.monotonic();
  for (let failures = 0; !ended.aborted;) {
    const begun = await begin(run);
    if (begun === undefined) {
      await connection.clock.sleep(pause(connection.timings.resubscribeMs, failures), ended);
      failures += 1;
      continue;
    }
    let failure: Error | undefined;
    try {
      yield* follow(run, begun.feed);
    } finally {
      failure = begun.feed.failure();
      begun.end();
    }
    if (ended.aborted) return;
    const next = resumed(run, failure, connection.clock.monotonic() - began);
    if (next === 'at_once') continue;
    failures = down.has(name) ? failures + 1 : 0;
    down.add(name);
    await connection.clock.sleep(pause(connection.timings.resubscribeMs, failures), ended);
  }
}

/** The head is read first: caught-up carries no position, and a place beyond the end would be silence until the log has grown past it. */
const begin = async ({ connection, reads, canary, place, prefixes, ended }: Run) => {
  const head = await headOf(reads, place, connection, ended);
  if (head === undefined) return undefined;
  place.head = head;
  if (place.position > head)
    throw new StoreUnreadable(
      `position ${place.position} is beyond the end ${head} of ${connection.address.shown}: it is of another database, or this one was restored`,
      'holdfast rebuild',
    );
  const { client, clock, timings } = connection;
  await client.renewing();
  const feed = openFeed({
    client: client.current(),
    clock,
    confirmMs: timings.confirmMs,
    after: place.boundary ? place.position : START,
    prefixes: prefixes === undefined ? undefined : [...prefixes, CANARY_STREAM],
  });
  const leave = canary.attend(feed);
  const forget = client.renewed(() => feed.fail(new Error('the client was replaced')));
  const end = () => {
    leave();
    forget();
    feed.end();
  };
  return { feed, end };
};

/** Undefined: ended, or out of reach for now, which one that was live outlasts. */
const headOf = async (reads: Reads, { wasLive }: Place, { clock }: Connection, ended: AbortSignal): Promise<bigint | undefined> => {
  try {
    return (await within(clock, FOR_EVER, reads.head(), ended))?.value;
  } catch (error) {
    if (wasLive && error instanceof StoreUnavailable && !isForbidden(error)) return undefined;
    throw error;
  }
};

async function* follow({ place, prefixes, ended, down, name }: Run, feed: Feed): AsyncGenerator<SubscriptionMessage, void, void> {
  while (!ended.aborted) {
    for (const message of messagesOf(feed.take(), place, prefixes)) {
      if (message.kind === 'caught_up') down.delete(name);
      yield message;
      if (ended.aborted) return;
    }
    if (place.poisoned && place.wasLive) return;
    if (feed.failure() !== undefined) return;
    await feed.wait(ended);
  }
}

/** When to go on. @throws what does not mend by itself */
const resumed = ({ connection, place }: Run, failure: Error | undefined, waitedMs: number): 'at_once' | 'later' => {
  if (failure === undefined) {
    // We left it, because it would send no more checkpoints. A new one from the same place does.
    [place.poisoned, place.quiet] = [false, true];
    return 'at_once';
  }
  place.quiet = false;
  if (codeOf(failure) === INVALID_ARGUMENT && place.boundary) {
    // The server cannot begin between two events. So begin at the start, and pass over what was handed on before.
    place.boundary = false;
    return 'at_once';
  }
  const { address, timings } = connection;
  const meant = failureOf(failure, address.shown, 'subscribe to $all');
  if (meant.kind === 'refused' && !(place.wasLive && isUnauthenticated(meant.error))) throw meant.error;
  if (!place.wasLive && waitedMs >= timings.storeWaitMs) throw unreachable(address.shown, 'subscribe to $all', waitedMs, failure);
  return 'later';
};
