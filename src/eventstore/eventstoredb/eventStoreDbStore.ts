import { setMaxListeners } from 'node:events';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { StoreUnavailable } from '../errors.ts';
import { prepareEvents } from '../newEvents.ts';
import { START } from '../port.ts';
import type { VerifiableStore } from '../verifiable.ts';
import { addressOf } from './address.ts';
import { appender } from './appender.ts';
import { canary } from './canary.ts';
import { assertOpen, type Connection } from './connection.ts';
import { isForbidden } from './failures.ts';
import { IDENTITY_STREAM, identityOf } from './identity.ts';
import { inTurn } from '../inTurn.ts';
import { type Append, ownEvents } from './ownEvents.ts';
import { patience } from './patience.ts';
import { type AppendPath, sharedClient } from './sharedClient.ts';
import { type Reads, reads as readsOf } from './streamReads.ts';
import { subscription } from './subscriptions.ts';
import { type Timings, TIMINGS } from './timings.ts';
import { verified } from './verify.ts';
import { within } from './waiting.ts';

export type OpenEventStoreDbStore = {
  /** `esdb://user:password@host:2113?tls=…` or `esdb+discover://…`; user and password percent-encoded. */
  readonly address: string;
  readonly clock?: Clock;
  /** Default classic (docs/adr/eventstoredb-appends.md). */
  readonly appendPath?: AppendPath;
  readonly timings?: Partial<Timings>;
  /** Ends the wait for a server that is not there. */
  readonly signal?: AbortSignal;
};

export type EventStoreDbStore = VerifiableStore & {
  /** False while a subscription failed and is not live again: what is derived from it is behind. */
  readonly ready: () => boolean;
};

/**
 * EventStoreDB 23.10 or newer, or KurrentDB, through @eventstore/db-client 6.2.1 with its defects fenced (facts §1.9). Waits for a server
 * that is not there yet. @throws StoreUnavailable (address, no answer, no rights)
 */
export const openEventStoreDbStore = async ({
  address: given,
  clock = systemClock(),
  appendPath = 'classic',
  timings: changed = {},
  signal,
}: OpenEventStoreDbStore): Promise<EventStoreDbStore> => {
  const timings = { ...TIMINGS, ...changed };
  const address = addressOf(given);
  const [closing, closed] = [new AbortController(), new AbortController()];
  setMaxListeners(0, closing.signal, closed.signal); // every call under way listens
  const connection: Connection = {
    client: sharedClient(address, appendPath, clock, timings.closeMs),
    address,
    clock,
    timings,
    closing: closing.signal,
    closed: closed.signal,
    patience: patience(clock, closed.signal),
    seen: highest(),
  };
  const reads = readsOf(connection);
  const down = new Set<symbol>();
  const supervisor = { connection, reads, canary: canary(connection), down };
  const send = appender(connection, appendPath, ownEvents(connection, reads));
  const turns = inTurn();
  // Copies of one append side by side would not be answered by the server (§1.4), and only in turn can it be told which of them wrote.
  const append = (wanted: Append) => turns.run(wanted.events[0]?.id ?? '', () => send(wanted));
  let identity: Promise<string> | undefined;
  let ending: Promise<void> | undefined;

  const close = async () => {
    closing.abort();
    await within(clock, timings.closeMs, turns.over());
    closed.abort();
    await turns.over();
    await connection.client.release();
  };
  const end = () => (ending ??= close());
  try {
    await reached(reads, signal, end);
  } catch (error) {
    await end();
    throw signal?.aborted === true ? stoppedBefore(address.shown, signal.reason, error) : error;
  }
  return {
    append: (stream, events, expected) => {
      try {
        assertOpen(connection);
        return append({ stream, events: prepareEvents(stream, events), expected });
      } catch (error) {
        return Promise.reject(error);
      }
    },
    readStream: reads.stream,
    subscribe: (options) => subscription(supervisor, options),
    head: reads.head,
    identity: async () => {
      assertOpen(connection);
      identity ??= identityOf(reads, append);
      try {
        return await identity;
      } catch (error) {
        identity = undefined;
        throw error;
      }
    },
    verify: (options) => verified({ reads, subscribe: (from) => subscription(supervisor, from) }, options),
    ready: () => down.size === 0,
    close: end,
  };
};

/** Somebody without rights on $all may still work on single tasks. @throws StoreUnavailable */
const reached = async (reads: Reads, signal: AbortSignal | undefined, end: () => Promise<void>): Promise<void> => {
  const giveUp = () => void end();
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await reads.head();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    await reads.stream(IDENTITY_STREAM, { limit: 1 });
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
};

const stoppedBefore = (shown: string, reason: unknown, cause: unknown): StoreUnavailable =>
  new StoreUnavailable(`stopped (${String(reason)}) before ${shown} gave an answer`, 'check that the server runs, and host, port and tls', { cause });

const highest = (): Connection['seen'] => {
  let position = START;
  return {
    position: () => position,
    note: (other) => {
      if (other > position) position = other;
    },
  };
};
