import { elapsed, instantOf } from '../../domain/instant.ts';
import { beatWithin } from '../../domain/lease.ts';
import { inForce } from '../../domain/policy.ts';
import { layersOf } from '../../domain/task/decision.ts';
import { keepToRuntime } from './keepToRuntime.ts';
import { lookAt, type OwnChild } from './stopChild.ts';
import type { SupervisedRun, Supervision } from './supervision.ts';

/** A wall clock that is ahead of the monotonic one by more has jumped; the jump is no run time (design §5.8). */
const JUMP_MS = 30_000;

/** Sends JudgeRun when the run of a child of ours has lasted for its max_runtime. Resolves when the signal aborts. */
export const limitRuntime = async (own: OwnChild, run: SupervisedRun, deps: Supervision, signal: AbortSignal): Promise<void> => {
  const { board, clock, watch, version } = deps;
  const { task_id, run: number, worker } = run;
  const [began, wall] = [clock.monotonic(), clock.now()];
  const jump = (): number => {
    const ahead = clock.now() - wall - (clock.monotonic() - began);
    return ahead > JUMP_MS ? ahead : 0;
  };
  const left = async (): Promise<number | undefined> => {
    const [task, state] = await Promise.all([board.load(task_id), board.state()]);
    if (task.status !== 'running' || task.run.run !== number || task.run.revoked !== null) return undefined;
    const { value } = inForce('max_runtime_ms', layersOf(task, state));
    return value === 0 ? undefined : value + jump() - elapsed(task.run.claimed_at, instantOf(clock.now()));
  };
  const judge = async (): Promise<void> => {
    const by = { kind: 'supervisor' as const, id: worker, version };
    const seen = { probe: lookAt(own, deps), judge: by, view_behind: 0, discounted_ms: jump(), only_certain: false };
    await board.execute({ type: 'JudgeRun', task_id, run: number, ...seen });
    await watch.check(task_id);
  };
  await keepToRuntime({ left, judge, every: beatWithin(run.lease_ms), clock, signal });
};
