import type { EventStore } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';

/** One page of claimable tasks, best first, at a position of the log. `until`: when (ms since the epoch) time alone puts another one in; null: never. */
export type ReadyPage = {
  readonly tasks: readonly { readonly task_id: string; readonly priority: number }[];
  readonly position: bigint;
  readonly until: number | null;
};

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
  'TaskDemoted',
  'TaskScheduled',
  'CommentAdded',
  'StaleCommandRefused',
]);

export type ReadyWindow = {
  readonly next: (passed: ReadonlySet<string>) => Promise<string | undefined>;
  /** What was handed out was not claimed, and is ready still: the next look queries again. */
  readonly lookAgain: () => void;
};

/**
 * Claimers of other processes read the same order: whoever lost a task to one of them takes any of the first 32 of the best priority for its
 * next 16 tasks, or each claim would be raced for by all and lost by all but one.
 */
const CROWD = 32;
const CROWDED_TAKES = 16;

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
  random,
}: {
  readonly store: EventStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly query: (passed: ReadonlySet<string>) => Promise<ReadyPage>;
  /** An integer from 0 to `below` - 1. */
  readonly random: (below: number) => number;
}): ReadyWindow => {
  let priorities = new Map<string, number>();
  let crowded = 0;
  let position: bigint | undefined;
  let until: number | null = null;

  /** Follows the log to its end; false when the window cannot be trusted any more. */
  const follow = async (after: bigint, passed: ReadonlySet<string>): Promise<boolean> => {
    const head = await store.head();
    if (head === after) return true;
    for await (const message of store.subscribe({ after, prefixes: ['task-'] })) {
      position = message.position;
      for (const { type, stream } of message.kind === 'events' ? message.events : []) {
        if (!ONLY_LEAVES.has(type)) {
          position = undefined; // also for whoever asks while the query runs, or after it failed
          return false;
        }
        const task = stream.slice('task-'.length);
        if (passed.has(task)) crowded = CROWDED_TAKES;
        priorities.delete(task);
      }
      if (message.position >= head || message.kind === 'caught_up') return true;
    }
    return true;
  };

  /** The first ones of the best priority. */
  const front = (passed: ReadonlySet<string>, most: number): readonly string[] => {
    const ids: string[] = [];
    let best: number | undefined;
    for (const [id, priority] of priorities) {
      if (passed.has(id)) continue;
      best ??= priority;
      if (priority !== best) break;
      if (ids.push(id) === most) break;
    }
    return ids;
  };

  const take = (passed: ReadonlySet<string>): string | undefined => {
    const ids = front(passed, crowded > 0 ? CROWD : 1);
    if (crowded > 0) crowded -= 1;
    const id = ids[ids.length > 1 ? random(ids.length) : 0];
    if (id !== undefined) priorities.delete(id);
    return id;
  };

  return {
    next: async (passed) => {
      const trusted = position !== undefined && (until === null || clock.now() < until) && (await follow(position, passed));
      const held = trusted ? take(passed) : undefined;
      if (held !== undefined) return held;
      const page = await query(passed);
      priorities = new Map(page.tasks.map(({ task_id, priority }) => [task_id, priority]));
      ({ position, until } = page);
      return take(passed);
    },
    lookAgain: () => {
      position = undefined;
    },
  };
};
