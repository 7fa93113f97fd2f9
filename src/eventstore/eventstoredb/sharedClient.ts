import { EventStoreDBClient } from '@eventstore/db-client';
import type { Clock } from '../../platform/clock.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Address } from './address.ts';
import { checkCertificates } from './certificates.ts';
import { gate, type Gate } from './gate.ts';
import { within } from './waiting.ts';

/** `classic`: a call an append. `batch`: one stream of calls for all; twice as fast, and the home of most of the client's defects (ADR). */
export type AppendPath = 'classic' | 'batch';

/**
 * One client serves all stores of a process with one address: its pending appends are in one map for the whole process, and a second
 * client's failure would reject, or deafen, those of the first (facts §1.9 #1).
 */
export type SharedClient = {
  readonly current: () => EventStoreDBClient;
  /** A renewal under way; what is asked of the client waits for it. */
  readonly renewing: () => Promise<void> | undefined;
  /** Appends that are sent and not settled, timed-out ones included. */
  readonly unsettled: Gate;
  /** Drains, then replaces a client that is stuck in a failure. */
  readonly renew: () => void;
  /** Called after each renewal; the function it gives ends that. */
  readonly renewed: (listener: () => void) => () => void;
  /** The last one to release disposes of the client, within the time limit. */
  readonly release: () => Promise<void>;
};

/** More than 16 waiting in the batch path's queue end the process when the connection dies (§1.9 #1b); the classic path gains nothing beyond 64. */
const UNSETTLED = { batch: 16, classic: 64 } as const;

type Entry = SharedClient & { users: number };
const entries = new Map<string, Entry>();

export const sharedClient = (address: Address, path: AppendPath, clock: Clock, disposeMs: number): SharedClient => {
  const key = `${path} ${address.url}`;
  const other = Array.from(entries.keys()).find((open) => path === 'batch' && open.startsWith('batch ') && open !== key);
  if (other !== undefined) throw new StoreUnavailable(`cannot open ${address.shown}: another server is open on the batch path`, 'one batch path a process');
  const entry = entries.get(key) ?? entryOf(address, path, clock, disposeMs, () => entries.delete(key));
  entries.set(key, entry);
  entry.users += 1;
  return entry;
};

const entryOf = (address: Address, path: AppendPath, clock: Clock, disposeMs: number, forget: () => void): Entry => {
  const unsettled = gate(UNSETTLED[path]);
  const listeners = new Set<() => void>();
  let client = clientOf(address, path);
  let renewing: Promise<void> | undefined;
  let disposed: Promise<void> = Promise.resolve();
  const dispose = async (old: EventStoreDBClient) => {
    await within(
      clock,
      disposeMs,
      old.dispose().catch(() => undefined),
    ); // it may never resolve (§1.9 #6)
  };
  const replace = async () => {
    await unsettled.empty();
    renewing = undefined;
    const old = client;
    try {
      client = clientOf(address, path);
    } catch {
      return; // its certificates are just being replaced, perhaps: the next failure asks for a new client again
    }
    for (const listener of listeners) listener();
    disposed = dispose(old);
  };
  const entry: Entry = {
    users: 0,
    unsettled,
    current: () => client,
    renewing: () => renewing,
    renew: () => {
      renewing ??= replace();
    },
    renewed: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    release: async () => {
      entry.users -= 1;
      if (entry.users > 0) return;
      forget();
      await Promise.all([disposed, dispose(client)]);
    },
  };
  return entry;
};

/** The client decides by what the server offers; told that it offers nothing, it takes the classic path and never asks. */
const clientOf = (address: Address, path: AppendPath): EventStoreDBClient => {
  const { url, shown } = address;
  checkCertificates(address);
  try {
    const client = EventStoreDBClient.connectionString(url);
    if (path === 'classic') Object.defineProperty(client, 'supports', { value: async () => false });
    return client;
  } catch (error) {
    throw new StoreUnavailable(
      `cannot open ${shown}: ${error instanceof Error ? error.message : String(error)}`,
      'check the files and numbers in the address',
      {
        cause: error,
      },
    );
  }
};
