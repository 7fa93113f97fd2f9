import type { Board } from '../../board/board.ts';
import { instantOf } from '../../domain/instant.ts';
import { activityDueIn, activityInterval } from '../../domain/lease.ts';
import type { TaskState } from '../../domain/task/state.ts';
import type { Clock } from '../../platform/clock.ts';
import { fencedBy, type AbortReason } from '../abortReasons.ts';
import { NO_RUN, type ActivityResult, type NotSaid } from './activityResult.ts';
import { claimOfEnvironment, type Environment, type EnvironmentClaim } from './claimOfEnvironment.ts';
import type { Attempted } from './touch.ts';
import { isUnavailable } from '../untilStored.ts';

/** A board that is opened for one command. `leave` may keep it open for the next, unless this one failed. */
export type OpenedBoard = { readonly board: Pick<Board, 'execute' | 'load'>; readonly leave: (failed: boolean) => Promise<void> };

export type BridgeParts = {
  readonly env: Environment;
  /** Opens the board of the claim. */
  readonly open: (claim: EnvironmentClaim) => Promise<OpenedBoard>;
  /** Its sleeps may not keep the program alive. */
  readonly clock: Clock;
  /** Told once of an environment that makes no sense. */
  readonly warn: (problem: string) => void;
  /** Told of a failed attempt, once while the same goes wrong. */
  readonly debug: (problem: string) => void;
};

/**
 * Turns a program's own activity into heartbeats of the run in its environment: each attempt is at most one, and says after how long the next is due,
 * min(60 s, lease / 3) after the run's last beat, whoever sent it. Never rejects; an attempt that failed uses up its interval.
 */
export const activityBridge = ({ env, open, clock, warn, debug }: BridgeParts): (() => Promise<Attempted>) => {
  let problem: string | undefined;
  const rest = (ms: number): Promise<void> => clock.sleep(ms);
  const failed = (error: unknown, claim: EnvironmentClaim): Attempted => {
    const result = failureOf(error);
    if (result.message !== problem) debug(result.message);
    problem = result.message;
    return { result, rest: rest(activityInterval(claim.lease_ms)), over: null };
  };
  const attempt = async (claim: EnvironmentClaim): Promise<Attempted> => {
    const { board, leave } = await open(claim);
    let stored = false;
    try {
      const { result, next_ms, over } = await beat(board, claim, instantOf(clock.now()));
      stored = true;
      problem = undefined;
      return { result, rest: next_ms === null ? null : rest(next_ms), over };
    } finally {
      await leave(!stored);
    }
  };
  return async () => {
    const reading = claimOfEnvironment(env);
    switch (reading.kind) {
      case 'none':
        return { result: NO_RUN, rest: null, over: null };
      case 'malformed':
        warn(reading.problem);
        return { result: { ok: false, code: 'BadEnvironment', message: reading.problem }, rest: null, over: null };
      case 'claim':
        return attempt(reading.claim).catch((error: unknown) => failed(error, reading.claim));
    }
  };
};

type Beat = { readonly result: ActivityResult; readonly next_ms: number | null; readonly over: AbortReason | null };

const beat = async (board: OpenedBoard['board'], claim: EnvironmentClaim, now: string): Promise<Beat> => {
  const { task_id, run, worker } = claim;
  const open = runIn(await board.load(task_id), claim);
  const lease_ms = open?.lease_ms ?? claim.lease_ms;
  const last_heartbeat_at = open?.last_beat?.at ?? null;
  const due_ms = activityDueIn(last_heartbeat_at, lease_ms, now);
  if (open !== undefined && due_ms > 0) {
    const { claim_expires } = open;
    return { result: { ok: true, code: 'Fresh', task_id, run, last_heartbeat_at, claim_expires }, next_ms: due_ms, over: null };
  }
  const answer = await board.execute({ type: 'RecordHeartbeat', task_id, run, worker, source: 'activity' });
  const next_ms = activityInterval(lease_ms);
  if (answer.ok) {
    const { last_heartbeat_at: at, claim_expires } = answer;
    return { result: { ok: true, code: 'Recorded', task_id, run, last_heartbeat_at: at, claim_expires }, next_ms, over: null };
  }
  if (answer.code !== 'StaleRun') return { result: answer, next_ms, over: null };
  return { result: answer, next_ms: null, over: fencedBy(task_id, run, answer) };
};

/** The open run of the claim, while it is the worker's. */
const runIn = (task: TaskState, { run, worker }: EnvironmentClaim) =>
  task.status === 'running' && task.run.revoked === null && task.run.run === run && task.run.worker === worker ? task.run : undefined;

/** An error as a result; told by name, so that no class has to be loaded for it. */
export const failureOf = (error: unknown): NotSaid => {
  const message = error instanceof Error ? error.message : String(error);
  const code = isUnavailable(error) ? 'StoreUnavailable' : error instanceof Error && error.name === 'InvalidSetting' ? 'BadEnvironment' : 'Failed';
  return { ok: false, code, message };
};
