import type { Board } from '../board/board.ts';
import { activityInterval } from '../domain/lease.ts';
import type { Clock } from '../platform/clock.ts';
import { claimOfEnvironment, type EnvironmentClaim } from './claimOfEnvironment.ts';

/**
 * What became of a sign of activity. `beat`: stored as a heartbeat. `too_soon`: one was sent less than an interval ago. `stop`: the run
 * is over. `failed`: the store did not take it, or the board refused it. `no_claim`, `malformed`: what the environment says.
 */
export type Activity = 'no_claim' | 'malformed' | 'too_soon' | 'beat' | 'stop' | 'failed';

type Bridge = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the board of the claim; called at the first activity that is to be stored, again when it failed. */
  readonly open: (claim: EnvironmentClaim) => Promise<Pick<Board, 'execute'>>;
  readonly clock: Clock;
  /** Told once of an environment that makes no sense. */
  readonly report: (problem: string) => void;
};

/**
 * Turns a program's own activity into heartbeats of the claim in its environment: call what this returns at every sign of life. Does
 * nothing without a claim, writes at most once in min(60 s, lease / 3), never throws, and opens nothing before it is first used.
 */
export const activityBridge = ({ env, open, clock, report }: Bridge): (() => Promise<Activity>) => {
  let board: Promise<Pick<Board, 'execute'>> | undefined;
  let opened = '';
  let beaten = '';
  let next = Number.NEGATIVE_INFINITY;
  let told = false;
  const beat = async (claim: EnvironmentClaim): Promise<Activity> => {
    const { store, board: name, task_id, run, worker } = claim;
    const place = JSON.stringify([store, name]);
    if (place !== opened) board = undefined;
    opened = place;
    const opening = (board ??= open(claim));
    try {
      const answer = await (await opening).execute({ type: 'RecordHeartbeat', task_id, run, worker, source: 'activity' });
      if (answer.ok) return 'beat';
      return answer.code === 'StaleRun' ? 'stop' : 'failed';
    } catch {
      board = undefined;
      return 'failed';
    }
  };
  return async () => {
    const reading = claimOfEnvironment(env);
    if (reading.kind === 'none') return 'no_claim';
    if (reading.kind === 'malformed') {
      if (!told) report(reading.problem);
      told = true;
      return 'malformed';
    }
    const { claim } = reading;
    const run = `${claim.task_id} ${claim.run}`;
    if (run === beaten && clock.monotonic() < next) return 'too_soon';
    beaten = run;
    next = clock.monotonic() + activityInterval(claim.lease_ms);
    return beat(claim);
  };
};
