import type { BoardState } from '../domain/board/board.ts';
import { instantOf } from '../domain/instant.ts';
import type { RunningTask } from '../domain/task/state.ts';
import { assessor } from './assess.ts';
import type { HoldKeeper } from './holdKeeper.ts';
import { lanes } from './lanes.ts';
import type { LiveClaims } from './liveClaims.ts';
import { isUnreachable } from './outage.ts';
import type { WatchdogOptions } from './ports.ts';
import { processWatch } from './processWatch.ts';
import { stopper } from './stopping.ts';

/** Judgements side by side: enough that appends share a commit, few enough that a read of the store stays quick. */
const JUDGE_AT_ONCE = 64;
/** Stops side by side: each lasts at most stop_grace + 2 s, so one that hangs holds up nobody else. */
const STOP_AT_ONCE = 64;
/** A task is looked at again so long (ms) after the store could not be reached, and after its child was stopped. */
const RETRY_MS = 1000;
/** After any other failure, such as a task with an event of a later version: it would most likely fail again at once (ms). */
const UNREADABLE_MS = 60_000;
/** An outage is told once in this time (ms), not once for each claim that falls due in it. */
const TOLD_EVERY_MS = 60_000;

interface WatchWork {
  /** Judge this task as soon as there is room. */
  judge(taskId: string): void;
  /** Looks at the processes of this host and judges where something changed. */
  lookAtProcesses(): void;
  /** Another run of the task, or none. */
  forget(taskId: string): void;
  counts(): { readonly judging: number; readonly stopping: number };
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

type Working = WatchdogOptions & {
  readonly claims: LiveClaims;
  readonly keeper: HoldKeeper;
  readonly signal: AbortSignal;
  readonly boardState: () => BoardState;
  readonly seen: () => bigint;
  /** A deadline was set that may be earlier than the one waited for. */
  readonly within: (ms: number) => void;
};

export const watchWork = (given: Working): WatchWork => {
  const { claims, clock, signal, log, within } = given;
  const watch = processWatch({ probe: given.probe, now: () => instantOf(clock.now()), turn: () => new Promise((resolve) => setImmediate(resolve)) });
  const assess = assessor({ ...given, watch });
  const stop = stopper({ ...given, watch });
  const toStop = new Map<string, RunningTask>();

  const again = (taskId: string, at: number): void => {
    claims.again(taskId, at);
    within(at - clock.now());
  };
  let toldAt = Number.NEGATIVE_INFINITY;
  const failed = (taskId: string, error: unknown): void => {
    const unreachable = isUnreachable(error);
    const repeated = unreachable && clock.monotonic() < toldAt + TOLD_EVERY_MS;
    if (unreachable && !repeated) toldAt = clock.monotonic();
    if (!signal.aborted && !repeated)
      log?.[unreachable ? 'warn' : 'error']({ err: error, task_id: taskId }, unreachable ? 'cannot judge now' : 'cannot judge this task');
    again(taskId, clock.now() + (unreachable ? RETRY_MS : UNREADABLE_MS));
  };
  const stopping = lanes({
    width: STOP_AT_ONCE,
    signal,
    work: async (taskId) => {
      const task = toStop.get(taskId);
      try {
        if (task !== undefined) await stop(task);
      } catch (error) {
        failed(taskId, error);
      }
      toStop.delete(taskId);
      again(taskId, clock.now() + RETRY_MS);
    },
  });
  const judging = lanes({
    width: JUDGE_AT_ONCE,
    signal,
    work: async (taskId) => {
      if (toStop.has(taskId)) return;
      try {
        const next = await assess(taskId);
        if (next.act === 'again') return judging.ask(taskId);
        if (next.act === 'look' && next.at !== null) again(taskId, next.at);
        if (next.act === 'look' || signal.aborted) return;
        toStop.set(taskId, next.task);
        stopping.ask(taskId);
      } catch (error) {
        failed(taskId, error);
      }
    },
  });
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    for await (const taskId of watch.changed(claims.processes)) judging.ask(taskId);
  };
  return {
    judge: judging.ask,
    lookAtProcesses: () => {
      looking ??= look().finally(() => {
        looking = undefined;
      });
    },
    forget: (taskId) => watch.forget(taskId),
    counts: () => ({ judging: judging.waiting(), stopping: stopping.waiting() }),
    idle: async () => {
      await looking;
      await judging.idle();
      await stopping.idle();
    },
  };
};
