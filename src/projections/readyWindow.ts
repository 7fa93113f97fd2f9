import { taskIdOfStream } from '../domain/ids.ts';
import { ONLY_LEAVES } from '../domain/task/reach.ts';
import type { OwnAppend } from '../eventstore/overheard.ts';
import type { EventStore, RecordedEvent } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';

/** One page of claimable tasks, best first, at a position of the log. `until`: when (ms since the epoch) time alone puts another one in; null: never. */
type ReadyPage = {
  readonly tasks: readonly { readonly task_id: string; readonly priority: number }[];
  readonly position: bigint;
  readonly until: number | null;
};

/** `as_of`: up to this position the log leaves it claimable. `ahead`: who would follow, for whom it pays to get ready. */
type Front = { readonly task_id: string; readonly as_of: bigint; readonly ahead: () => readonly string[] };

export type ReadyWindow = {
  readonly next: (passed: ReadonlySet<string>) => Promise<Front | undefined>;
  /** Of a log without gaps, what this process appended: where it follows what is known, nothing of it need be read again. */
  readonly appended: (own: OwnAppend) => void;
  /** What was handed out was not claimed, and is ready still: the next look queries again. */
  readonly lookAgain: () => void;
};

/**
 * Claimers of other processes read the same order: whoever lost a task to one of them takes any of the first 128 of the best priority for a
 * second, or each claim would be raced for by all and lost by all but one.
 */
const CROWD = 128;
const CROWDED_MS = 1000;
/** Fewer than this are too few for a crowd, where there are more in the rows. */
const TOO_FEW = 48;

const TASKS = 'task-';

/**
 * Who claims again will probably claim these; who claims once, or in a crowd, in which others take most of them, will not. Measured: twice as many make no
 * claim shorter.
 */
const AHEAD = 31;

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
  /** What was handed out of this page, and whether its claim, anybody's, was seen. */
  const handed = new Map<string, boolean>();
  let crowdedUntil = Number.NEGATIVE_INFINITY;
  /** The rows held more than a page. */
  let cut = false;
  let position: bigint | undefined;
  let until: number | null = null;

  const crowded = (): boolean => clock.now() < crowdedUntil;

  /** False: the window cannot be trusted any more, also by whoever asks while the query runs, or after it failed. */
  const seen = ({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean => {
    const task = taskIdOfStream(stream);
    priorities.delete(task);
    if (type === 'TaskClaimed' && handed.has(task)) handed.set(task, true);
    if (ONLY_LEAVES.has(type)) return true;
    position = undefined;
    return false;
  };

  /** Reads on, at least up to `head`; true when somebody else moved the position meanwhile, who may know less. */
  const readOn = async (after: bigint, head: bigint): Promise<boolean> => {
    let at = after;
    for await (const message of store.subscribe({ after, prefixes: [TASKS] })) {
      if (position !== at) return true;
      const done = message.kind === 'caught_up' || message.position >= head;
      at = done && message.position < head ? head : message.position;
      position = at;
      if (message.kind === 'events' && !message.events.every(seen)) return false;
      if (done) return false;
    }
    return false;
  };

  /** Follows the log to where it ends now, and tells where that is. */
  const follow = async (): Promise<bigint> => {
    const head = await store.head();
    for (;;) if (position === undefined || position >= head || !(await readOn(position, head))) return head;
  };

  /** The first ones of the best priority. */
  const front = (passed: ReadonlySet<string>, most: number): readonly string[] => {
    const ids: string[] = [];
    let best: number | undefined;
    for (const [id, priority] of priorities) {
      if (ids.length === most) break;
      if (passed.has(id)) continue;
      best ??= priority;
      if (priority !== best) break;
      ids.push(id);
    }
    return ids;
  };

  /** Undefined also where the window does not hold up to `head`: it was emptied, or somebody else's query, which began before, filled it meanwhile. */
  const take = (passed: ReadonlySet<string>, head: bigint, ahead: number): Front | undefined => {
    if (position === undefined || position < head) return undefined;
    for (const id of passed) if (handed.get(id) === true) crowdedUntil = clock.now() + CROWDED_MS;
    const ids = front(passed, crowded() ? CROWD : 1);
    const id = ids[ids.length > 1 ? random(ids.length) : 0];
    if (id === undefined) return undefined;
    priorities.delete(id);
    handed.set(id, false);
    return { task_id: id, as_of: position, ahead: () => (crowded() ? [] : front(passed, ahead)) };
  };

  return {
    next: async (passed) => {
      const enough = !(cut && priorities.size < TOO_FEW && crowded());
      const trusted = enough && position !== undefined && (until === null || clock.now() < until);
      const held = trusted ? take(passed, await follow(), AHEAD) : undefined;
      if (held !== undefined) return held;
      const page = await query(passed);
      priorities = new Map(page.tasks.map(({ task_id, priority }) => [task_id, priority]));
      ({ position, until } = page);
      cut = page.tasks.length >= WINDOW;
      handed.clear();
      return take(passed, page.position, 0);
    },
    appended: ({ stream, events, position: last }) => {
      if (position === undefined || last - BigInt(events.length) !== position) return;
      position = last;
      if (stream.startsWith(TASKS)) events.every(({ type }) => seen({ stream, type }));
    },
    lookAgain: () => {
      position = undefined;
    },
  };
};
