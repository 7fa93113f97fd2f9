import type { Board, StoredTaskEvent } from '../board/board.ts';
import type { Instant } from '../domain/instant.ts';
import type { Clock } from '../platform/clock.ts';
import { overByEvent, overByState, type RunOver } from './runOver.ts';
import { isClosed, isUnavailable, untilStored } from './untilStored.ts';
import { whileWanted } from './whileWanted.ts';

type WatchedRun = {
  readonly task_id: string;
  readonly run: number;
  /** Told when the run is revoked and when it ends; may be told the same twice. */
  readonly onOver: (over: RunOver) => void;
  readonly onLease?: (claimExpires: Instant) => void;
};

/** Tells open runs what the board decides about them, as fast as the log delivers (embedded: within 1 s). */
export type RunWatch = {
  /** Watches a run until the function returned is called. What happened before is not told: `check` once after. */
  add(run: WatchedRun): () => void;
  /** Looks at the task's stream now. Rejects as `Board.load`. */
  check(taskId: string): Promise<void>;
  close(): Promise<void>;
};

/** How long the subscription outlives its last run: a worker that goes from task to task does not subscribe for each. */
const LINGER_MS = 1000;
const RESUBSCRIBE_MS = 1000;

/** One subscription for all open runs of a board; none while no run is open. */
export const runWatch = ({ board, clock }: { readonly board: Pick<Board, 'load' | 'follow'>; readonly clock: Clock }): RunWatch => {
  const watched = new Map<string, Set<WatchedRun>>();
  const check = async (taskId: string): Promise<void> => {
    const task = await board.load(taskId);
    for (const run of watched.get(taskId) ?? []) {
      const over = overByState(task, run.run);
      if (over !== undefined) run.onOver(over);
      else if (task.status === 'running') run.onLease?.(task.run.claim_expires);
    }
  };
  const tell = (event: StoredTaskEvent): void => {
    for (const run of watched.get(event.task_id) ?? []) {
      const over = overByEvent(event, run.run);
      if (over !== undefined) run.onOver(over);
      else if ('claim_expires' in event.data && event.data.run === run.run) run.onLease?.(event.data.claim_expires);
    }
  };
  // A run may be added before the subscription has begun: what happened between is in the streams. A task that cannot be read is no reason to lose the others.
  const checkKnown = (taskId: string) => check(taskId).catch((error: unknown) => (isUnavailable(error) ? Promise.reject(error) : undefined));
  const checkAll = () => Promise.all([...watched.keys()].map(checkKnown));
  const run = (signal: AbortSignal) => followAgain({ board, clock, tell, begun: checkAll, signal });
  const subscription = whileWanted({ run, linger_ms: LINGER_MS, clock });
  return {
    add: (added) => {
      const runs = watched.get(added.task_id) ?? new Set();
      watched.set(added.task_id, runs.add(added));
      subscription.want();
      return () => {
        runs.delete(added);
        if (runs.size === 0 && watched.get(added.task_id) === runs) watched.delete(added.task_id);
        if (watched.size === 0) subscription.unwant();
      };
    },
    check,
    close: async () => {
      watched.clear();
      await subscription.end();
    },
  };
};

type Following = {
  readonly board: Pick<Board, 'follow'>;
  readonly clock: Clock;
  readonly tell: (event: StoredTaskEvent) => void;
  /** Called once each time a subscription has begun. */
  readonly begun: () => Promise<unknown>;
  readonly signal: AbortSignal;
};

const followOnce = async ({ board, clock, tell, begun, signal }: Following): Promise<void> => {
  let live = false;
  for await (const { events, caught_up } of board.follow({ after: 'now', signal })) {
    events.forEach(tell);
    if (!caught_up || live) continue;
    live = true;
    await untilStored(begun, clock, signal);
  }
};

/** Subscribes again after a failure of the store, until the signal aborts or the board is closed. Never rejects. */
const followAgain = async (following: Following): Promise<void> => {
  const { clock, signal } = following;
  while (!signal.aborted) {
    const error: unknown = await followOnce(following).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (isClosed(error)) return;
    await clock.sleep(RESUBSCRIBE_MS, signal);
  }
};
