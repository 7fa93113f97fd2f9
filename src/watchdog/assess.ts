import type { BoardState } from '../domain/board/board.ts';
import type { Judge } from '../domain/evidence.ts';
import { instantOf, toMs } from '../domain/instant.ts';
import { inForce, type PolicyLayers } from '../domain/policy.ts';
import type { Probe } from '../domain/process.ts';
import type { Accepted, Refusal } from '../domain/task/answers.ts';
import { layersOf } from '../domain/task/decision.ts';
import { judge, type Verdict } from '../domain/task/judge.ts';
import type { OpenRun, RunningTask } from '../domain/task/state.ts';
import type { HoldKeeper } from './holdKeeper.ts';
import type { LiveClaims } from './liveClaims.ts';
import type { WatchdogOptions } from './ports.ts';
import type { ProcessWatch } from './processWatch.ts';
import { stopPlan } from './stopPlan.ts';

/**
 * What to do about a task next. `look`: at this instant (ms); null when only a change can matter. `again`: at once, because it was revoked just now;
 * no deadline would do, since while holding nothing that is due is looked at. `stop`: its child is to be stopped now.
 */
type Next = { readonly act: 'look'; readonly at: number | null } | { readonly act: 'again' } | { readonly act: 'stop'; readonly task: RunningTask };

type Assessing = Pick<WatchdogOptions, 'load' | 'dispatch' | 'clock' | 'head' | 'id' | 'version'> & {
  readonly keeper: HoldKeeper;
  readonly watch: ProcessWatch;
  readonly claims: Pick<LiveClaims, 'progressed'>;
  readonly boardState: () => BoardState;
  /** Position up to which the claims are known. */
  readonly seen: () => bigint;
};

/** After an answer the change that it led to, ours or somebody else's, is on its way in the log. Should it not come, look again after this (ms). */
const CHANGE_WITHIN_MS = 2000;

/** Looks at one task as it truly is now, and gives the command that follows, if any. */
export const assessor = (options: Assessing): ((taskId: string) => Promise<Next>) => {
  const { keeper, load, watch, claims, clock, boardState, head } = options;
  const given = head === undefined ? options : { ...options, head: shared(() => keeper.read(head)) };
  return async (taskId) => {
    const task = await keeper.read(() => load(taskId));
    keeper.check();
    if (task.status !== 'running') return { act: 'look', at: null };
    const probe = watch.look(taskId, task.run);
    const layers = layersOf(task, boardState());
    const { revoked } = task.run;
    if (revoked !== null) {
      const plan = stopPlan({ run: task.run, revoked, probe, stop_grace_ms: inForce('stop_grace_ms', layers).value, now: clock.now() });
      if (plan.act === 'stop') return { act: 'stop', task };
      if (plan.act === 'wait') return { act: 'look', at: toMs(plan.until) };
    }
    if (task.run.progress_since !== null) claims.progressed(taskId, task.run.run, toMs(task.run.progress_since.at));
    return nominate(given, task, probe, layers);
  };
};

const nominate = async (given: Assessing, task: RunningTask, probe: Probe, layers: PolicyLayers): Promise<Next> => {
  const { keeper, clock, dispatch } = given;
  const { task_id, run } = task;
  const only_certain = keeper.onlyCertain(run.lease_ms);
  const discounts = discountsOf(keeper, run);
  const verdict = judge(task, { probe, now: instantOf(clock.now()), ...discounts, only_certain }, layers);
  if (verdict.kind === 'none') return { act: 'look', at: nextLook(verdict, only_certain, given, run) };
  const view_behind = await behind(given);
  const answer = await keeper.write(() =>
    dispatch(
      { type: 'JudgeRun', task_id, run: run.run, probe, judge: judgeOf(given), view_behind, ...discounts, only_certain },
      { command_id: commandId(task, verdict.kind === 'end' ? verdict.reason : verdict.kind), actor: actorOf(given) },
    ),
  );
  return isRevoked(answer) ? { act: 'again' } : { act: 'look', at: clock.now() + CHANGE_WITHIN_MS };
};

/** Clock jump since the claim, and since the last beat where that is less: a beat after a jump is as old as it looks. */
const discountsOf = (keeper: HoldKeeper, { claimed_at, last_beat }: OpenRun) => {
  const discounted_ms = keeper.discounted(toMs(claimed_at));
  const beat_discounted_ms = last_beat === null ? discounted_ms : keeper.discounted(toMs(last_beat.at));
  return beat_discounted_ms === discounted_ms ? { discounted_ms } : { discounted_ms, beat_discounted_ms };
};

const isRevoked = (answer: Accepted['JudgeRun'] | Refusal): boolean => answer.ok && answer.verdict === 'revoked';

/** While only certain verdicts may be judged, the table names no instant for the others: they come when the fresh lease is over. */
const nextLook = (
  { look_again_at }: Extract<Verdict, { kind: 'none' }>,
  only_certain: boolean,
  { keeper, clock }: Assessing,
  { lease_ms }: OpenRun,
): number | null => {
  const told = look_again_at === null ? null : toMs(look_again_at);
  if (keeper.behind()) return clock.now() + CHANGE_WITHIN_MS;
  if (!only_certain) return told;
  const fresh = (keeper.holding() ? clock.now() : keeper.freshFrom()) + lease_ms;
  return told === null ? fresh : Math.min(told, fresh);
};

/** Events that the claims known here lag behind the log; an upper bound where positions have gaps. */
const behind = async ({ head, seen }: Pick<Assessing, 'head' | 'seen'>): Promise<number> => {
  const lag = head === undefined ? 0n : (await head()) - seen();
  return lag > 0n ? Number(lag) : 0;
};

/** One read serves all who ask while it is under way: a mass expiry does not ask a thousand times. */
const shared = <Answer>(ask: () => Promise<Answer>): (() => Promise<Answer>) => {
  let underWay: Promise<Answer> | undefined;
  return () =>
    (underWay ??= ask().finally(() => {
      underWay = undefined;
    }));
};

export const judgeOf = ({ id, version }: Pick<WatchdogOptions, 'id' | 'version'>): Judge => ({ kind: 'watchdog', id, version });
export const actorOf = ({ id }: Pick<WatchdogOptions, 'id'>) => ({ kind: 'system', id }) as const;

/** The same for every watchdog that judges the same state the same way, so that the second of them changes nothing. */
export const commandId = ({ task_id, run, revision }: RunningTask, what: string): string => `watchdog ${task_id} ${run.run} ${what} ${revision}`;
