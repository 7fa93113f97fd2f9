import { explain } from '../../audit/explain.ts';
import type { Actor, ExecuteOptions } from '../../board/board.ts';
import { openHoldfast, type Holdfast } from '../../compose.ts';
import { StoreUnavailable } from '../../eventstore/errors.ts';
import { listTasks } from '../../projections/lists.ts';
import { explained } from '../../projections/waiting.ts';
import { onlyAllowed } from '../../worker/allowed.ts';
import { Refused } from '../../worker/refused.ts';
import { InvalidValue } from '../../worker/schema.ts';
import { readSettings } from '../settings.ts';
import { EXECUTE, LIST, OPEN_BOARD } from './allowedOptions.ts';
import { libraryClaims } from './claims.ts';
import { libraryDiagnostics } from './diagnostics.ts';
import { libraryEvents } from './events.ts';
import type { LibraryBoard, OpenBoard } from './libraryBoard.ts';

const PAGE = 50;

/**
 * Opens one board of a store. Rejects with StoreUnavailable (no store, or no such board, and `create` is not set), StoreUnreadable,
 * InvalidSetting for a setting that makes no sense, or InvalidValue for an option that is none. So do the methods of the board.
 */
export const openBoard = async (options: OpenBoard): Promise<LibraryBoard> => {
  onlyAllowed('openBoard', OPEN_BOARD, options);
  const actor = typeof options.actor === 'object' ? options.actor : parseActor(options.actor);
  const held = await openHeld(options, actor);
  const { board, store } = held;
  const claims = libraryClaims(held, actor);
  const over = new AbortController();
  const close = async (): Promise<void> => {
    over.abort();
    await claims.close();
    await held.close();
  };
  return {
    name: board.name,
    execute: async (command, given) => board.execute(command, known('execute', given)),
    create: async (task, given) => board.create(task, known('create', given)),
    history: board.history,
    state: board.state,
    change: async (command, given) => board.change(command, known('change', given)),
    show: board.load,
    work: claims.work,
    claim: claims.claim,
    claimNext: claims.claimNext,
    events: libraryEvents({ board, store, over: over.signal }),
    list: async (query = {}) => {
      onlyAllowed('list', LIST, query);
      const readModel = await held.readModel();
      return readModel.read((rows) =>
        explained(rows, listTasks(rows, { limit: PAGE, ...query, board: board.name }), {
          board: board.name,
          now: held.clock.now(),
          store_policy: held.kind.policy,
        }),
      );
    },
    why: async (taskId) => explain(await board.history(taskId)),
    ...libraryDiagnostics(held, over.signal),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const known = (what: string, given: ExecuteOptions | undefined): ExecuteOptions | undefined => {
  if (given !== undefined) onlyAllowed(what, EXECUTE, given);
  return given;
};

/** The store and the board that the options, the environment and the files name. */
const openHeld = async ({ store: address, board: name, create, synchronous }: OpenBoard, actor: Actor): Promise<Holdfast> => {
  const { store, board, location } = readSettings({ flags: { store: address, board: name }, env: process.env, cwd: process.cwd() });
  if (store === null)
    throw new StoreUnavailable(`there is no store: neither HOLDFAST_STORE nor a .holdfast folder upwards`, `holdfast init makes one in ${location.home}`);
  const creates = create ?? store.value === 'memory:';
  const held = await openHoldfast({ store: store.value, board: board.value, actor, surface: 'library', create: creates, ...(synchronous && { synchronous }) });
  const { exists } = await held.board.state().catch(async (error: unknown) => {
    await held.close();
    throw error;
  });
  if (exists) return held;
  if (creates) {
    const created = await held.board.change({ type: 'CreateBoard', board: board.value });
    if (created.ok || created.code === 'AlreadyExists') return held;
    await held.close();
    throw new Refused(created);
  }
  await held.close();
  throw new StoreUnavailable(`there is no board ${board.value} in ${held.shown}`, `holdfast board create ${board.value}, or openBoard({ create: true })`);
};

/** Text from the types, but a JavaScript caller may leave it out. */
const parseActor = (text: string | undefined): Actor => {
  const [kind, ...rest] = text?.split(':') ?? [];
  const id = rest.join(':');
  if ((kind === 'human' || kind === 'agent' || kind === 'system') && id !== '') return { kind, id };
  throw new InvalidValue(`actor: ${JSON.stringify(text) ?? 'it'} is none; write human:NAME, agent:NAME or system:NAME`);
};
