import { systemClock } from './platform/clock.ts';
import type { Reported } from './worker/bridge/activityResult.ts';
import { lateBridge } from './worker/bridge/lateBridge.ts';
import type { BudgetExhausted, RateLimited } from './worker/bridge/runReport.ts';

export type { ActivityResult, NotSaid, Reported } from './worker/bridge/activityResult.ts';
export type { BudgetExhausted, RateLimited } from './worker/bridge/runReport.ts';

/** Loading is tried again after this (ms). */
const RELOAD_MS = 5000;
/** Nothing of Holdfast is loaded before it is needed, and outside of a run it never is. */
const load = async () => {
  const { workerBridge } = await import('./interfaces/library/workerBridge.ts');
  return workerBridge();
};
const late = lateBridge({
  inRun: () => process.env['HOLDFAST_RUN'] !== undefined,
  load,
  rest: () => systemClock({ unref: true }).sleep(RELOAD_MS),
});

/**
 * A sign of life, in the hot path of any program that `holdfast work`, `holdfast run` or `eval "$(holdfast claim --next --export)"` started: each chunk, each
 * tool result, each turn of a wait. At most one heartbeat in min(60 s, lease / 3), written after the caller's turn; it throws nothing, and keeps no
 * program alive. Outside of a run it does nothing; whether there is one is looked up at the first call.
 */
export const touchActivity: () => void = late.touchActivity;

/** What became of the last attempt to store a sign of life; undefined: there was none yet, or there is no run. */
export const lastResult = late.lastResult;

/** Aborts when the board says that the run is over, so that the program can stop; its reason is StaleRun or Cancelled. */
export const onFenced: AbortSignal = late.onFenced;

/** The run ends as `timed_out`, which counts as a failure: its budget (steps, tokens, money) is used up. Tried until stored or refused; never rejects. */
export const reportBudgetExhausted = (options: BudgetExhausted = {}): Promise<Reported> => late.budgetExhausted(options);

/** The run ends as `rate_limited`, which counts as none: its task is not claimable for `retry_after`. Tried until stored or refused; never rejects. */
export const reportRateLimited = (options: RateLimited = {}): Promise<Reported> => late.rateLimited(options);
