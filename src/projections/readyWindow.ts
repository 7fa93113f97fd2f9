import type { EventStore } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';

/** One page of claimable tasks, best first, at a position of the log. `until`: when (ms since the epoch) time alone puts another one in; null: never. */
export type ReadyPage = { readonly ids: readonly string[]; readonly position: bigint; readonly until: number | null };

/** What cannot make a task claimable or move one up the order: it only takes its own task out of the window. */
const ONLY_LEAVES = new Set([
  'TaskClaimed',
  'WorkerStarted',
  'HeartbeatRecorded',
  'ClaimExtended',
  'RunRevoked',
  'ReclaimDeferred',
  'TaskCompleted',
  'TaskBlocked',
  'TaskEscalated',
  'TaskGaveUp',
  'TaskArchived',
  'CommentAdded',
  'StaleCommandRefused',
]);

export type ReadyWindow = {
  readonly next: (passed: ReadonlySet<string>) => Promise<string | undefined>;
  /** What was handed out was not claimed, and is ready still: the next look queries again. */
  readonly lookAgain: () => void;
};

/** Tasks of one page: enough to spread the cost of a query, few enough to throw away. */
export const WINDOW = 256;

/**
 * The front of the ready queue in memory, so that draining a queue costs one look at the log per claim and no query of the read model.
 * It follows the log by its own cursor: a claim takes its task out; anything that could put a task in or change the order empties it, and
 * the next look queries again. What was handed out is out, so that claimers of one process do not race for the same task.
 * `query` catches the read model up first and tells the position it then stood at; it leaves out what the caller tried in vain.
 */
export const readyWindow = ({
  store,
  clock,
  query,
}: {
  readonly store: EventStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly query: (passed: ReadonlySet<string>) => Promise<ReadyPage>;
}): ReadyWindow => {
  let ids = new Set<string>();
  let position: bigint | undefined;
  let until: number | null = null;

  /** Follows the log to its end; false when the window cannot be trusted any more. */
  const follow = async (after: bigint): Promise<boolean> => {
    const head = await store.head();
    if (head === after) return true;
    for await (const message of store.subscribe({ after, prefixes: ['task-'] })) {
      position = message.position;
      for (const { type, stream } of message.kind === 'events' ? message.events : []) {
        if (!ONLY_LEAVES.has(type)) {
          position = undefined; // also for whoever asks while the query runs, or after it failed
          return false;
        }
        ids.delete(stream.slice('task-'.length));
      }
      if (message.position >= head || message.kind === 'caught_up') return true;
    }
    return true;
  };

  const take = (passed: ReadonlySet<string>): string | undefined => {
    for (const id of ids) {
      ids.delete(id);
      if (!passed.has(id)) return id;
    }
    return undefined;
  };

  return {
    next: async (passed) => {
      const trusted = position !== undefined && (until === null || clock.now() < until) && (await follow(position));
      const held = trusted ? take(passed) : undefined;
      if (held !== undefined) return held;
      const page = await query(passed);
      ids = new Set(page.ids);
      ({ position, until } = page);
      return take(passed);
    },
    lookAgain: () => {
      position = undefined;
    },
  };
};
