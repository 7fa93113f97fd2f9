import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StoreUnreadable } from './eventstore/errors.ts';
import { failing, type Finding } from './eventstore/finding.ts';
import type { VerifiableStore } from './eventstore/verifiable.ts';
import { cacheFolder } from './platform/cacheFolder.ts';
import type { Clock } from './platform/clock.ts';
import { makeFolder } from './platform/makeFolder.ts';
import { isServer, unknownScheme } from './storeKind.ts';

/** The log's file in a `.holdfast` folder. */
const LOG_FILE = 'log.db';

export type OpenStore = {
  /** A folder, a `.db` file, `memory:`, or the address of a server: `esdb://…`. */
  readonly store: string;
  /** Make the store when there is none; default false. */
  readonly create?: boolean;
  readonly synchronous?: 'FULL' | 'NORMAL';
  readonly clock: Clock;
  /** Ends the wait for a server that does not answer yet. */
  readonly signal?: AbortSignal;
};

/** `ready` false: what is derived from the log is behind, because a subscription is not live. Left out: it always is. */
export type OpenedStore = VerifiableStore & { readonly ready?: () => boolean };

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Where a store address keeps its files; null for one that has none: in memory, or a server. */
export const filesOf = (store: string): { readonly log: string; readonly views: string } | null => {
  if (SCHEME.test(store)) return null;
  const path = resolve(store);
  return path.endsWith('.db') ? { log: path, views: dirname(path) } : { log: join(path, LOG_FILE), views: path };
};

const OTHER_FILE = 'name a folder, or a file that ends in .db';

const otherFile = (store: string): string | undefined => {
  if (SCHEME.test(store)) return undefined;
  const path = resolve(store);
  const file = fileOnTheWayTo(path.endsWith('.db') ? dirname(path) : path);
  return file === undefined ? undefined : `${file} is a file, not a ${file === path ? 'Holdfast log' : 'folder'}`;
};

const fileOnTheWayTo = (path: string): string | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOTDIR' ? fileOnTheWayTo(dirname(path)) : undefined;
  }
};

/** A log is a folder, or a file that ends in .db. @throws StoreUnreadable for any other file */
export const refuseOtherFile = (store: string): void => {
  const problem = otherFile(store);
  if (problem !== undefined) throw new StoreUnreadable(problem, OTHER_FILE);
};

/** @throws StoreUnavailable (missing, busy, a scheme that is not supported), StoreUnreadable (not ours, damaged, of a newer format) */
export const openStore = async ({ store, create = false, synchronous, clock, signal }: OpenStore): Promise<OpenedStore> => {
  const [scheme] = SCHEME.exec(store) ?? [];
  if (isServer(store)) {
    const { openEventStoreDbStore } = await import('./eventstore/eventstoredb/eventStoreDbStore.ts');
    return openEventStoreDbStore({ address: store, clock, ...(signal && { signal }) });
  }
  if (scheme !== undefined && scheme !== 'memory:') throw unknownScheme(store, scheme);
  const files = filesOf(store);
  if (files === null) {
    const { memoryEventStore } = await import('./eventstore/memory/memoryEventStore.ts');
    return memoryEventStore();
  }
  refuseOtherFile(store);
  const { openSqliteEventStore } = await import('./eventstore/sqlite/sqliteEventStore.ts');
  return openSqliteEventStore({ path: files.log, create, clock, ...(synchronous === undefined ? {} : { synchronous }) });
};

/** What can be found out about a store from outside, also when it cannot be opened: each kind brings its own checks (docs/adr/doctor-asks-the-store.md). */
export const diagnoseStore = async ({
  store,
  clock,
  readOnly,
}: {
  readonly store: string;
  readonly clock: Clock;
  readonly readOnly: boolean;
}): Promise<readonly Finding[]> => {
  if (isServer(store)) {
    const { diagnoseEventStoreDb } = await import('./eventstore/eventstoredb/diagnose.ts');
    return diagnoseEventStoreDb({ address: store, clock, readOnly });
  }
  const files = filesOf(store);
  if (files === null) return [];
  const problem = otherFile(store);
  if (problem !== undefined) return [failing('file_system', problem, OTHER_FILE)];
  const { diagnoseSqlite } = await import('./eventstore/sqlite/diagnose.ts');
  return diagnoseSqlite({ path: files.log, clock, readOnly });
};

/** Whether a store is there. */
export const storeExists = (store: string): boolean => {
  const files = filesOf(store);
  return files !== null && statSync(files.log, { throwIfNoEntry: false }) !== undefined;
};

/** Where the views of a store without files are kept; they are named after the store. */
export const viewsOf = (store: string): string => {
  if (!isServer(store)) return ':memory:';
  const folder = cacheFolder();
  try {
    makeFolder(folder, 0o700);
    return folder;
  } catch {
    return ':memory:'; // a read-only disk: built anew each time, but built
  }
};
