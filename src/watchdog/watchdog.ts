import type { ClaimBatch } from '../projections/changes.ts';
import { boardView } from './boardView.ts';
import { deferred } from './deferred.ts';
import { holdKeeper } from './holdKeeper.ts';
import { liveClaims } from './liveClaims.ts';
import { pausing } from './pausing.ts';
import { persistent } from './persistent.ts';
import type { WatchdogOptions } from './ports.ts';
import { rhythm } from './rhythm.ts';
import { watchWork } from './watchWork.ts';

type WatchdogStats = {
  readonly claims: number;
  /** Tasks waiting to be judged, or being judged. */
  readonly judging: number;
  readonly stopping: number;
  readonly holding: boolean;
};

export interface Watchdog {
  /** Resolves when it has ended; rejects when the changes failed or ended by themselves, because then nobody watches. A store out of reach is waited for. */
  readonly done: Promise<void>;
  /** Resolves when every claim open at the start is known; before that nothing is judged. */
  readonly caughtUp: Promise<void>;
  stats(): WatchdogStats;
  /** Ends the timer, the stops under way and the subscription; what was begun is taken up by the next watchdog. */
  close(): Promise<void>;
}

/** How often processes of this host are looked at (ms): a crash shows within 2 s. */
const LOOK_EVERY_MS = 2000;
/** Whenever a subscription of this process begins, it is behind for a moment. People are told only when it lasts longer (ms). */
const BLIP_MS = 1000;

/**
 * Watches the open runs of one board: knows from the changes when to look, looks at the true state and at the processes, and gives the
 * command that the table of rule 4 asks for. It never appends to a task; everything it does is derived from the log, so another watchdog,
 * beside it or after it, does the same again without harm.
 */
export const startWatchdog = (options: WatchdogOptions): Watchdog => {
  const { clock } = options;
  const ended = new AbortController();
  const { signal } = ended;
  const [caughtUp, failed] = [deferred(), deferred()];
  const claims = liveClaims();
  let complete = false;
  // Before the first caught-up nothing is judged at all, however long that takes; a restart alone makes no lease fresh.
  const keeper = holdKeeper({ ...options, ready: () => !complete || options.ready?.() !== false });
  const within = (ms: number): void => timer.within(ms);
  const view = boardView({ ...options, keeper, claims, onChange: () => within(0), signal });
  let position = -1n;
  const work = watchWork({ ...options, claims, keeper, signal, boardState: () => view.state(), seen: () => position, within });
  const pauses = pausing({ ...options, keeper, boardState: () => view.state(), within });
  let behindFrom: number | undefined;
  let toldBehind = false;
  let lookAt = Number.NEGATIVE_INFINITY;

  const lookAtProcesses = (): number => {
    if (claims.processes.size() === 0) return Number.POSITIVE_INFINITY;
    if (clock.monotonic() >= lookAt) {
      lookAt = clock.monotonic() + LOOK_EVERY_MS;
      work.lookAtProcesses();
    }
    return lookAt - clock.monotonic();
  };
  const tellReadiness = (): void => {
    behindFrom = keeper.behind() ? (behindFrom ?? clock.monotonic()) : undefined;
    const behind = behindFrom !== undefined && clock.monotonic() - behindFrom >= BLIP_MS;
    if (behind === toldBehind || (behindFrom !== undefined && !behind)) return;
    toldBehind = behind;
    options.log?.warn({ ready: !behind }, behind ? 'not ready: the subscription is down or behind, so only what is certain is judged' : 'ready again');
  };
  const tick = (): number => {
    keeper.check();
    tellReadiness();
    const readIn = view.keepUp();
    if (!complete || !view.known()) return readIn;
    caughtUp.resolve();
    const wait = Math.min(readIn, lookAtProcesses(), pauses.send());
    if (keeper.holding()) return wait;
    for (const taskId of claims.due(clock.now())) work.judge(taskId);
    return Math.min(wait, claims.next() - clock.now());
  };
  const timer = rhythm({ clock, tick, signal });
  const take = (batch: ClaimBatch): void => {
    for (const change of batch.changes) {
      claims.apply(change);
      if (change.kind !== 'moved') work.forget(change.task_id);
    }
    keeper.observe(batch.holds);
    pauses.hear(batch.crashes);
    if (batch.crashes.length > 0) within(0);
    ({ position } = batch);
    if (batch.policy_changed) view.outdated();
    if (batch.policy_changed || batch.caught_up !== complete) within(0);
    complete ||= batch.caught_up;
    within(Math.min(claims.soonest() - clock.now(), claims.processes.size() === 0 ? Number.POSITIVE_INFINITY : lookAt - clock.monotonic()));
  };
  const beginAnew = (): void => {
    claims.clear();
    complete = false;
  };
  const subscription = persistent({ ...options, beginAnew, signal }).subscribe({
    next: take,
    error: (error: unknown) => failed.reject(error),
    complete: () => failed.reject(new Error('the changes ended: nobody watches')),
  });
  const end = async (): Promise<void> => {
    ended.abort();
    subscription.unsubscribe();
    await timer.done;
    await work.idle();
    await pauses.idle();
    await keeper.recorded();
  };
  return {
    done: Promise.race([failed.promise, timer.done]).then(end, async (error: unknown) => {
      await end();
      throw error;
    }),
    caughtUp: caughtUp.promise,
    stats: () => ({ claims: claims.size(), ...work.counts(), holding: keeper.holding() }),
    close: end,
  };
};
