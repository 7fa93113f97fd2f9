import type { Board, StoredTaskEvent } from '../board/board.ts';
import type { Instant } from '../domain/instant.ts';
import type { Clock } from '../platform/clock.ts';
import { overByEvent, overByState, type RunOver } from './runOver.ts';
import { isClosed, untilStored } from './untilStored.ts';

export type WatchedRun = {
  readonly task_id: string;
  readonly run: number;
  /** Told at least once of each: revoked, and ended. May be told of the same end again. */
  readonly onOver: (over: RunOver) => void;
  readonly onLease?: (claimExpires: Instant) => void;
};

/** Tells open runs of what the board decides about them, within the latency of the log (embedded: 1 s at worst). */
export type RunWatch = {
  /** Watches a run until the function returned is called. */
  add(run: WatchedRun): () => void;
  /** Looks at the task's stream now. Rejects as `Board.load`. */
  check(taskId: string): Promise<void>;
  close(): Promise<void>;
};

/** How long a subscription outlives its last run, so that a worker that goes from task to task does not subscribe for each. */
const LINGER_MS = 1000;
const RESUBSCRIBE_MS = 1000;

/** One subscription for all open runs of a board; none while no run is open. */
export const runWatch = ({ board, clock }: { readonly board: Pick<Board, 'load' | 'follow'>; readonly clock: Clock }): RunWatch => {
  const watched = new Map<string, Set<WatchedRun>>();
  let following: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  let linger = new AbortController();

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

  /** What happened between a claim and the start of the subscription is in the streams: they are looked at once it has begun. */
  const followOnce = async (signal: AbortSignal): Promise<void> => {
    let checked = false;
    for await (const { events, caught_up } of board.follow({ after: 'now', signal })) {
      events.forEach(tell);
      if (!caught_up || checked) continue;
      checked = true;
      await untilStored(() => Promise.all([...watched.keys()].map(check)), clock, signal);
    }
  };

  const followOn = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const error: unknown = await followOnce(signal).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (signal.aborted || isClosed(error)) return;
      await clock.sleep(RESUBSCRIBE_MS, signal);
    }
  };

  const start = (): void => {
    linger.abort();
    if (following !== undefined) return;
    const stop = new AbortController();
    following = { stop, done: followOn(stop.signal) };
  };

  const stopSoon = async (): Promise<void> => {
    linger.abort();
    linger = new AbortController();
    const { signal } = linger;
    await clock.sleep(LINGER_MS, signal);
    if (!signal.aborted) await stopNow();
  };

  const stopNow = async (): Promise<void> => {
    linger.abort();
    const ended = following;
    following = undefined;
    ended?.stop.abort();
    await ended?.done;
  };

  return {
    add: (run) => {
      const runs = watched.get(run.task_id) ?? new Set();
      watched.set(run.task_id, runs.add(run));
      start();
      return () => {
        runs.delete(run);
        if (runs.size === 0 && watched.get(run.task_id) === runs) watched.delete(run.task_id);
        if (watched.size === 0 && following !== undefined) void stopSoon();
      };
    },
    check,
    close: async () => {
      watched.clear();
      await stopNow();
    },
  };
};
