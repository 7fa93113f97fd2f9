import { join } from 'node:path';
import { START } from '../eventstore/port.ts';
import type { EventStore, RecordedEvent } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';
import { logBatches, PREFIXES } from './logBatches.ts';
import type { Checkpoint } from './projection.ts';
import { removeOutdatedViews } from './outdatedViews.ts';
import { foldNumber, IN_MEMORY, PROJECTIONS } from './views.ts';
import type { Projections, Rows, Views } from './views.ts';
import { viewsFile } from './viewsFile.ts';

export type Progress = { readonly position: bigint; readonly head: bigint; readonly events: number };
type CatchUp = {
  /** Exactly so far, unless the rows are further already or the log ends before; default: as far as the log goes now. */
  readonly to?: bigint;
  /** Ends it early; the promise then resolves with how far it came. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
};
/** `position`: the rows show the log up to here. `events`: how many were read for it. */
export type CaughtUp = { readonly position: bigint; readonly events: number };
export type FollowedLog = { readonly events: readonly RecordedEvent[]; readonly position: bigint; readonly caught_up: boolean };

/**
 * The rows that lists are answered from: disposable, never decided by. All methods reject with the errors of the event store;
 * a damaged, replaced or foreign views file is built anew from the log, silently.
 */
export type ReadModel = {
  /** Where the rows are; `:memory:` when the file could be neither used nor mended. */
  readonly path: () => string;
  readonly catchUp: (options?: CatchUp) => Promise<CaughtUp>;
  /** Empties the rows and folds the whole log again. */
  readonly rebuild: (options?: CatchUp) => Promise<CaughtUp>;
  /** Asks the rows, caught up to the head of the log at the time of the call. */
  readonly read: <Answer>(query: (rows: Rows) => Answer, options?: Pick<CatchUp, 'signal'>) => Promise<Answer>;
  /** Asks the rows as they are, but for `at`: they then show the log at least so far, also when another process has emptied them meanwhile. */
  readonly peek: <Answer>(query: (rows: Rows) => Answer, options?: { readonly at: bigint }) => Promise<Answer>;
  readonly checkpoint: () => Promise<Checkpoint>;
  /** Every event after a position, history and then live; the rows are at least as far as the batch that is handed on. */
  readonly follow: (options: { readonly after: bigint; readonly signal?: AbortSignal }) => AsyncIterable<FollowedLog>;
  readonly close: () => void;
};

type OpenReadModel = {
  readonly store: EventStore;
  /** A folder, which exists, or `:memory:`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly projections?: Projections;
};

export const openReadModel = async ({ store, directory, clock, projections = PROJECTIONS }: OpenReadModel): Promise<ReadModel> => {
  const [prefix, fold] = [viewsPrefix(await store.identity()), foldNumber(projections)];
  if (directory !== IN_MEMORY) removeOutdatedViews({ directory, prefix, fold, now: clock.now() });
  const file = viewsFile({
    path: directory === IN_MEMORY ? IN_MEMORY : join(directory, `${prefix}${fold}.db`),
    projections,
    clock,
    check: (views) => checkAgainst(store, views),
  });
  const checkpoint = () => file.use((views) => views.checkpoint());

  const catchUp = async ({ to, signal, onProgress }: CatchUp = {}): Promise<CaughtUp> => {
    const end = await store.head();
    const head = to === undefined || to > end ? end : to;
    let events = 0;
    for (;;) {
      const { position } = await checkpoint();
      if (position >= head || signal?.aborted === true) return { position, events };
      for await (const batch of logBatches(store, { after: position, head, exact: to !== undefined, ...(signal && { signal }) })) {
        if ((await file.use((views) => views.apply(batch))) === 'behind') break;
        events += batch.events.length;
        onProgress?.({ position: batch.position, head, events });
      }
    }
  };

  const peek = async <Answer>(query: (rows: Rows) => Answer, { at }: { readonly at: bigint } = { at: START }): Promise<Answer> => {
    for (;;) {
      // The checkpoint is read after the rows: emptying moves both at once, so it tells when what was read had just been emptied.
      const { answer, position } = await file.use((views) => ({ answer: query(views), position: views.checkpoint().position }));
      if (position >= at || (await store.head()) < at) return answer;
      await catchUp();
    }
  };

  async function* follow({ after, signal }: { readonly after: bigint; readonly signal?: AbortSignal }): AsyncIterable<FollowedLog> {
    let from = after;
    for await (const message of store.subscribe({ after, prefixes: PREFIXES, ...(signal && { signal }) })) {
      const { position } = message;
      const events = message.kind === 'events' ? message.events : [];
      const outcome = await file.use((views) => views.apply({ after: from, events, position }));
      if (outcome === 'behind') await catchUp({ ...(signal && { signal }) });
      yield { events, position, caught_up: message.kind === 'caught_up' };
      from = position;
    }
  }

  return {
    path: file.path,
    checkpoint,
    catchUp,
    rebuild: async (options) => {
      await file.use((views) => views.empty(views.checkpoint()));
      return catchUp(options);
    },
    read: async (query, options) => {
      const { position } = await catchUp(options);
      return peek(query, { at: position });
    },
    peek,
    follow,
    close: file.close,
  };
};

const viewsPrefix = (identity: string): string => `views-${identity.replaceAll(/[^\w-]/g, '_')}-`;

/** A checkpoint ahead of the log, or whose event the log does not have there, was read from another log. */
const checkAgainst = async (store: EventStore, views: Views): Promise<void> => {
  const seen = views.checkpoint();
  if (!(await isOf(store, seen))) views.empty(seen);
};

const isOf = async (store: EventStore, { position, last }: Checkpoint): Promise<boolean> => {
  if (position > (await store.head())) return false;
  if (last === null) return true;
  const [found] = await store.readStream(last.stream, { from: last.revision, direction: 'backwards', limit: 1 });
  return found?.id === last.id && found.revision === last.revision;
};
