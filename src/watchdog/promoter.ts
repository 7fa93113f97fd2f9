import type { Observable } from 'rxjs';
import type { CommandInputOf } from '../domain/task/commands.ts';
import type { Clock } from '../platform/clock.ts';
import type { Nomination } from '../projections/dependencies.ts';
import type { GateBatch } from '../projections/gateChanges.ts';
import { deferred } from './deferred.ts';
import { lanes } from './lanes.ts';
import { isUnreachable } from './outage.ts';
import { persistent } from './persistent.ts';
import type { WatchdogLog } from './ports.ts';

type PromoterOptions = {
  readonly changes$: Observable<GateBatch>;
  /** What the rows say that this task should do now; `at`: they show the log at least so far, also when another process has emptied them. */
  readonly nominate: (taskId: string, at: bigint) => Promise<Nomination | undefined>;
  /** Scheduled tasks whose time has come, and when (ms since the epoch) the next one's comes; null: none is scheduled. */
  readonly due: (at: bigint) => Promise<{ readonly task_ids: readonly string[]; readonly next: number | null }>;
  /** Gives the command that was nominated, under an id that whoever else nominates the same gives it. */
  readonly ask: (nomination: Nomination) => Promise<unknown>;
  /** Looks at a link once more, and takes it back when it closed a cycle. */
  readonly confirmLink: (command: CommandInputOf<'LinkTask'>) => Promise<unknown>;
  readonly clock: Clock;
  readonly log?: WatchdogLog;
};

export interface Promoter {
  /** Rejects when the changes failed: nobody looks after waiting tasks then. A store out of reach is waited for. */
  readonly done: Promise<void>;
  /** Resolves when every task that could move at the start has been asked for. */
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}

/** Commands side by side, so that appends share a commit. */
const MOVES_AT_ONCE = 64;
/** A command that failed is given again after this (ms). */
const RETRY_MS = 1000;
/** The clock may be set: schedules are looked at this often (ms) at least, and at most. */
const LOOK_AT_MOST_MS = 10_000;
const LOOK_AT_LEAST_MS = 100;

/**
 * Looks after the waiting tasks of a board: sends the commands that promote, demote and wake them. It keeps nothing but the ids that it is
 * about to ask for; what is to be done is read from the rows when it is a task's turn, and decided by the board on the true streams. So
 * several side by side, or one after the other was killed, do the same once.
 */
export const startPromoter = (options: PromoterOptions): Promoter => {
  const { clock, log } = options;
  const ended = new AbortController();
  const { signal } = ended;
  const [caughtUp, failed] = [deferred(), deferred()];
  let at = -1n;

  const later = async (again: () => void, task_id: string, error: unknown, message: string): Promise<void> => {
    if (signal.aborted) return;
    log?.[isUnreachable(error) ? 'warn' : 'error']({ err: error, task_id }, message);
    await clock.sleep(RETRY_MS, signal);
    if (!signal.aborted) again();
  };
  const moving = lanes({
    width: MOVES_AT_ONCE,
    signal,
    work: async (taskId) => {
      try {
        const nomination = await options.nominate(taskId, at);
        if (nomination !== undefined && !signal.aborted) await options.ask(nomination);
      } catch (error) {
        void later(() => moving.ask(taskId), taskId, error, 'cannot promote now');
      }
    },
  });

  const confirm = (link: GateBatch['linked'][number]): void => {
    const again = (error: unknown) => later(() => confirm(link), link.task_id, error, 'cannot look at this link now');
    void options.confirmLink({ ...link, parents: [...link.parents] }).catch(again);
  };

  let alarm = new AbortController();
  const wakeScheduled = async (): Promise<void> => {
    while (!signal.aborted) {
      alarm = new AbortController();
      const { signal: rung } = alarm;
      const { task_ids, next } = await options.due(at).catch(() => ({ task_ids: [], next: null }));
      for (const taskId of task_ids) moving.ask(taskId);
      const wait = next === null ? LOOK_AT_MOST_MS : next - clock.now();
      if (!rung.aborted) await clock.sleep(Math.max(LOOK_AT_LEAST_MS, Math.min(LOOK_AT_MOST_MS, wait)), rung);
    }
  };
  const take = (batch: GateBatch): void => {
    at = batch.position;
    for (const taskId of batch.task_ids) moving.ask(taskId);
    for (const link of batch.linked) confirm(link);
    if (batch.scheduled) alarm.abort();
    if (batch.caught_up) void moving.idle().then(caughtUp.resolve);
  };
  const subscription = persistent({ ...options, beginAnew: () => undefined, signal }).subscribe({
    next: take,
    error: (error: unknown) => failed.reject(error),
    complete: () => failed.reject(new Error('the changes ended: nobody looks after waiting tasks')),
  });
  const scheduled = wakeScheduled();
  const end = async (): Promise<void> => {
    ended.abort();
    alarm.abort();
    subscription.unsubscribe();
    await scheduled;
    await moving.idle();
  };
  return {
    done: Promise.race([failed.promise, scheduled]).catch(async (error: unknown) => {
      await end();
      throw error;
    }),
    caughtUp: caughtUp.promise,
    close: end,
  };
};
