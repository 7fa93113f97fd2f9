import { NO_RUN, type Reported } from './worker/activityResult.ts';
import type { BudgetExhausted, RateLimited } from './worker/runReport.ts';
import { touching } from './worker/touch.ts';

export type { ActivityResult, NotSaid, Reported } from './worker/activityResult.ts';
export type { BudgetExhausted, RateLimited } from './worker/runReport.ts';

const inRun = (): boolean => process.env['HOLDFAST_RUN'] !== undefined;
/** Nothing of Holdfast is loaded before it is needed, and outside of a run it never is. */
const load = async () => {
  const { workerBridge } = await import('./interfaces/library/workerBridge.ts');
  return workerBridge();
};
let loaded: ReturnType<typeof load> | undefined;
const bridge = () => (loaded ??= load());

const touch = touching({ inRun, attempt: async () => (await bridge()).attempt() });

/**
 * A sign of life, in the hot path of any program that `holdfast work`, `holdfast run` or `eval "$(holdfast claim --export)"` started: each chunk, each
 * tool result, each turn of a wait. At most one heartbeat in min(60 s, lease / 3), written after the caller's turn; it throws nothing, and keeps no
 * program alive. Outside of a run it does nothing; whether there is one is looked up at the first call.
 */
export const touchActivity: () => void = touch.touchActivity;

/** What became of the last attempt to store a sign of life; undefined: there was none yet, or there is no run. */
export const lastResult = touch.lastResult;

/** Aborts when the board says that the run is over, so that the program can stop; its reason is StaleRun or Cancelled. */
export const onFenced: AbortSignal = touch.onFenced;

/** The run ends as `timed_out`, which counts as a failure: its budget (steps, tokens, money) is used up. Tried until stored or refused; never rejects. */
export const reportBudgetExhausted = (options: BudgetExhausted = {}): Promise<Reported> => reported(async () => (await bridge()).budgetExhausted(options));

/** The run ends as `rate_limited`, which counts as none: its task is not claimable for `retry_after`. Tried until stored or refused; never rejects. */
export const reportRateLimited = (options: RateLimited = {}): Promise<Reported> => reported(async () => (await bridge()).rateLimited(options));

const reported = async (say: () => Promise<Reported>): Promise<Reported> => {
  if (!inRun()) return NO_RUN;
  const answer = await say();
  if (answer.ok) touch.silence();
  return answer;
};
