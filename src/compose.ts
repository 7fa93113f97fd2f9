import { resolve } from 'node:path';
import type { Actor, Board } from './board/board.ts';
import { boardIds as ids } from './boardIds.ts';
import { createBoard } from './board/createBoard.ts';
import type { Ids, Look, ReadyTasks } from './board/ports.ts';
import type { ProcessProbe, ProcessStop } from './domain/processPorts.ts';
import { type Hearers, overheard } from './eventstore/overheard.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { once } from './platform/once.ts';
import { outstanding } from './platform/outstanding.ts';
import { shownAddress } from './platform/shownAddress.ts';
import { version } from './platform/version.ts';
import type { Moves } from './projections/moves.ts';
import type { ReadModel } from './projections/readModel.ts';
import { isServer, kindOf, type StoreKind } from './storeKind.ts';
import { filesOf, openStore, viewsOf, type OpenedStore, type OpenStore } from './stores.ts';

export type OpenHoldfast = Omit<OpenStore, 'clock'> & {
  readonly board: string;
  readonly actor: Actor;
  /** Where commands come in: cli, library … */
  readonly surface: string;
  readonly clock?: Clock;
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
  /** What this process does by itself for waiting tasks. */
  readonly moves: () => Promise<Moves>;
  readonly processes: () => Promise<{ readonly probe: ProcessProbe; readonly stop: ProcessStop }>;
  readonly close: () => Promise<void>;
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
  const afterMove = async (taskId: string): Promise<void> => {
    if (isServer(options.store) && readModel.made() === undefined) return; // a one-shot command there reads only its own streams
    await moving.add(
      readModel
        .get()
        .then(moves.get)
        .then(({ children }) => children(taskId, board.execute)),
    );
  };
  const log = kind.gapless ? overheard(store, hearers) : store;
  const given = { store: log, name, actor, surface, store_policy: kind.policy, version: version(), ids, clock, look };
  const board: Board = createBoard({ ...given, ready: lazyReady, admissions: admissions.get, afterMove });
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
