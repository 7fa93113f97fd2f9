import { randomUUID } from 'node:crypto';
import type { CommandInputOf } from '../../domain/task/commands.ts';
import { MOST_CHARACTERS } from '../../domain/task/fields.ts';
import type { Clock } from '../../platform/clock.ts';
import { failureOf, type BridgeParts } from './activityBridge.ts';
import { NO_RUN, type Reported } from './activityResult.ts';
import { claimOfEnvironment } from './claimOfEnvironment.ts';
import { duration, onlyAllowed, signal as abortSignal, text, type Allowed } from '../allowed.ts';
import { milliseconds, type Duration } from '../milliseconds.ts';
import { untilStored } from '../untilStored.ts';

export type BudgetExhausted = {
  /** Which budget, for people; default: that one was used up. */
  readonly reason?: string;
  /** Ends the tries while the store is out of reach. */
  readonly signal?: AbortSignal;
};
export type RateLimited = BudgetExhausted & {
  /** Not claimable for so long, from 1 s to 24 h; default: the board's rate_limit_cooldown. */
  readonly retry_after?: Duration;
};

const BUDGET_EXHAUSTED: Allowed<BudgetExhausted> = { reason: text, signal: abortSignal };
const RATE_LIMITED: Allowed<RateLimited> = { ...BUDGET_EXHAUSTED, retry_after: duration };

export type Reports = {
  readonly budgetExhausted: (options: BudgetExhausted) => Promise<Reported>;
  readonly rateLimited: (options: RateLimited) => Promise<Reported>;
};
/** The clock may keep the program alive: somebody waits for the answer. */
type ReportParts = Pick<BridgeParts, 'env' | 'open' | 'warn'> & { readonly clock: Clock };

/** What a program says of the run in its environment. Tried until stored or refused; never rejects. */
export const runReports = ({ env, open, warn, clock }: ReportParts): Reports => {
  const report = async (failure: Pick<CommandInputOf<'FailRun'>, 'outcome' | 'error' | 'retry_after_ms'>, signal?: AbortSignal): Promise<Reported> => {
    const reading = claimOfEnvironment(env);
    if (reading.kind === 'none') return NO_RUN;
    if (reading.kind === 'malformed') {
      warn(reading.problem);
      return { ok: false, code: 'BadEnvironment', message: reading.problem };
    }
    const { task_id, run, worker } = reading.claim;
    const command_id = randomUUID(); // the same for every try: a lost answer is no second event
    const attempt = async (): Promise<Reported> => {
      const { board, leave } = await open(reading.claim);
      try {
        return await board.execute({ type: 'FailRun', task_id, run, worker, ...failure, error: failure.error.slice(0, MOST_CHARACTERS) }, { command_id });
      } finally {
        await leave(false);
      }
    };
    return untilStored(attempt, clock, signal).catch(failureOf);
  };
  return {
    budgetExhausted: (options) =>
      checked(() => {
        onlyAllowed('reportBudgetExhausted', BUDGET_EXHAUSTED, options);
        const { reason = 'the budget of this run is used up', signal } = options;
        return report({ outcome: 'timed_out', error: reason }, signal);
      }),
    rateLimited: (options) =>
      checked(() => {
        onlyAllowed('reportRateLimited', RATE_LIMITED, options);
        const { reason = 'rate limited', retry_after, signal } = options;
        const wait = retry_after === undefined ? {} : { retry_after_ms: milliseconds(retry_after, 'retry_after') };
        return report({ outcome: 'rate_limited', error: reason, ...wait }, signal);
      }),
  };
};

const checked = async (say: () => Promise<Reported>): Promise<Reported> => {
  try {
    return await say();
  } catch (error) {
    return { ok: false, code: 'InvalidInput', message: error instanceof Error ? error.message : String(error) };
  }
};
