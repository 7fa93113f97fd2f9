import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Actor, Board } from './board/board.ts';
import { boardIds as ids } from './boardIds.ts';
import { createBoard } from './board/createBoard.ts';
import type { Ids, Look, ReadyTasks } from './board/ports.ts';
import type { ProcessProbe, ProcessStop } from './domain/processPorts.ts';
import type { Finding } from './eventstore/finding.ts';
import { type Hearers, overheard } from './eventstore/overheard.ts';
import type { VerifiableStore } from './eventstore/verifiable.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { cacheFolder } from './platform/cacheFolder.ts';
import { once } from './platform/once.ts';
import { outstanding } from './platform/outstanding.ts';
import { shownAddress } from './platform/shownAddress.ts';
import { version } from './platform/version.ts';
import type { Moves } from './projections/moves.ts';
import type { ReadModel } from './projections/readModel.ts';
import { isServer, kindOf, unknownScheme, type StoreKind } from './storeKind.ts';

/** The log's file in a `.holdfast` folder. */
const LOG_FILE = 'log.db';

export type OpenHoldfast = {
  /** A folder, a `.db` file, `memory:`, or the address of a server: `esdb://…`. */
  readonly store: string;
  readonly board: string;
  readonly actor: Actor;
  /** Where commands come in: cli, library … */
  readonly surface: string;
  /** Make the store when there is none; default false. */
  readonly create?: boolean;
  readonly synchronous?: 'FULL' | 'NORMAL';
  readonly clock?: Clock;
  /** Ends the wait for a server that does not answer yet. */
  readonly signal?: AbortSignal;
};

/** A store with one board of it. What a one-shot command does not need is loaded when it is first asked for. */
export type Holdfast = {
  readonly board: Board;
  readonly store: OpenedStore;
  readonly kind: StoreKind;
  readonly clock: Clock;
  /** The store's address, as a child process is to be told. It may hold a password: people are shown `shown`. */
  readonly address: string;
  readonly shown: string;
  readonly ids: Ids;
  readonly readModel: () => Promise<ReadModel>;
  /** What this process does for waiting tasks. */
  readonly moves: () => Promise<Moves>;
  readonly processes: () => Promise<{ readonly probe: ProcessProbe; readonly stop: ProcessStop }>;
  readonly close: () => Promise<void>;
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

/** @throws StoreUnavailable (missing, busy, a scheme that is not supported), StoreUnreadable (not ours, damaged, of a newer format) */
export const openStore = async ({
  store,
  create = false,
  synchronous,
  clock,
  signal,
}: Pick<OpenHoldfast, 'store' | 'create' | 'synchronous' | 'signal'> & { readonly clock: Clock }): Promise<OpenedStore> => {
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
  const { openSqliteEventStore } = await import('./eventstore/sqlite/sqliteEventStore.ts');
  return openSqliteEventStore({ path: files.log, create, clock, ...(synchronous === undefined ? {} : { synchronous }) });
};

/** What the store says of itself from outside, also when it cannot be opened: each kind brings its own checks (ADR). */
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
  const { diagnoseSqlite } = await import('./eventstore/sqlite/diagnose.ts');
  return diagnoseSqlite({ path: files.log, clock, readOnly });
};

/** Whether a store is there. */
export const storeExists = (store: string): boolean => {
  const files = filesOf(store);
  return files !== null && statSync(files.log, { throwIfNoEntry: false }) !== undefined;
};

/** Where the views of a store without files are kept; they are named after the store. */
const viewsOf = (store: string): string => {
  if (!isServer(store)) return ':memory:';
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch {
    return ':memory:'; // a read-only disk: built anew each time, but built
  }
};

/** Opens a store and a board of it. @throws as openStore */
export const openHoldfast = async ({ board: name, actor, surface, clock = systemClock(), ...options }: OpenHoldfast): Promise<Holdfast> => {
  const store = await openStore({ ...options, clock });
  const [files, kind] = [filesOf(options.store), kindOf(options.store)];
  const address = files === null ? options.store : resolve(options.store);
  const readModel = once(async () => {
    const { openReadModel } = await import('./projections/readModel.ts');
    return openReadModel({ store, directory: files?.views ?? viewsOf(options.store), clock });
  });
  const processes = once(async () => {
    const [{ systemProcesses }, { processProbe }, { processStop }] = await Promise.all([
      import('./platform/processes.ts'),
      import('./watchdog/probe.ts'),
      import('./watchdog/stop.ts'),
    ]);
    const table = systemProcesses();
    return { probe: processProbe({ processes: table, one_kernel: kind.one_kernel }), stop: processStop({ processes: table, clock }) };
  });
  const look: Look = async () => {
    const { probe } = await processes.get();
    return (run) => probe.look(run);
  };
  const hearers: Hearers = new Set();
  const ready = once(async () => {
    const { nominate } = await import('./projections/nominate.ts');
    return nominate({ store, readModel: await readModel.get(), board: name, clock, ...(kind.gapless && { hearers }) });
  });
  const moves = once(async () => (await import('./projections/moves.ts')).moves({ readModel: readModel.get, board: name, clock }));
  const lazyReady: ReadyTasks = {
    next: async (filter, passed) => (await ready.get()).next(filter, passed),
    lookAgain: async (filter) => (await ready.get()).lookAgain(filter),
    waiting: async (filter) => (await ready.get()).waiting(filter),
    claimedBy: async (commandId) => (await ready.get()).claimedBy(commandId),
    wake: async () => (await moves.get()).wake(board.execute),
    head: () => store.head(),
  };
  const admissions = once(async () => (await import('./projections/admitted.ts')).admitted({ readModel: await readModel.get(), board: name }));
  const moving = outstanding();
  const after_move = async (taskId: string): Promise<void> => {
    if (isServer(options.store) && readModel.made() === undefined) return; // a one-shot command there reads only its own streams
    await moving.add(Promise.all([moves.get(), readModel.get()]).then(([{ children }]) => children(taskId, board.execute)));
  };
  const log = kind.gapless ? overheard(store, hearers) : store;
  const given = { store: log, name, actor, surface, store_policy: kind.policy, version: version(), ids, clock, look };
  const board: Board = createBoard({ ...given, ready: lazyReady, admissions: admissions.get, after_move });
  return {
    board,
    store,
    kind,
    clock,
    address,
    shown: shownAddress(address),
    ids,
    readModel: readModel.get,
    moves: moves.get,
    processes: processes.get,
    close: async () => {
      await moving.over();
      (await readModel.made())?.close();
      await store.close();
    },
  };
};
