import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { elapsed } from '../../../src/domain/instant.ts';
import { countsAsFailure } from '../../../src/domain/outcomes.ts';
import { foldTask } from '../../../src/domain/task/codec.ts';
import type { TaskCommandType } from '../../../src/domain/task/commands.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { ONLY_LEAVES, RUN_ENDS } from '../../../src/domain/task/reach.ts';
import type { RunningTask, TaskState } from '../../../src/domain/task/state.ts';
import { boardOf, decided, fold, type Said } from '../../support/given.ts';
import { afterWait, fitting, SAY, spoken, type Step } from '../../support/randomCommands.ts';
import { created, T0 } from '../../support/told.ts';

const SEED = Number(process.env['HOLDFAST_SEED'] ?? Date.now() % 1_000_000_007);
const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? 120);
const board = boardOf({ failure_limit: 3 });

type Moment = {
  readonly before: TaskState;
  readonly after: TaskState;
  readonly said: Said<TaskCommandType>;
  readonly events: readonly TaskEvent[];
  readonly ok: boolean;
};

const told = (type: TaskCommandType, task: TaskState, step: Step, at: string): Moment => {
  const said: Said<TaskCommandType> = SAY[type](task, step, at);
  const { events, answer, after } = decided(task, said, board);
  return { before: task, after, said, events, ok: answer.ok };
};

/** A task's life under random commands, from its creation. */
const life = (steps: readonly (readonly [TaskCommandType, Step])[]): readonly Moment[] => {
  const moments: Moment[] = [];
  let at = T0;
  let task = fold(created());
  for (const [type, step] of steps) {
    at = afterWait(at, step);
    const moment = told(fitting(type, task, step), task, step, at);
    moments.push(moment);
    task = moment.after;
  }
  return moments;
};

const always = (rule: (moments: readonly Moment[]) => void): void =>
  fc.assert(
    fc.property(fc.array(spoken, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => rule(life(steps))),
    { seed: SEED, numRuns: RUNS },
  );
const each = (rule: (moment: Moment) => void) => always((moments) => moments.forEach(rule));

const holder = (task: TaskState): RunningTask['run'] | undefined => (task.status === 'running' ? task.run : undefined);
const namesRun = (said: object): said is { readonly run: number | null; readonly worker: string | null } => 'run' in said && 'worker' in said;
const isStale = (before: TaskState, said: object): boolean => {
  if (!namesRun(said) || said.run === null) return false;
  const open = holder(before);
  return open === undefined || open.revoked !== null || open.run !== said.run || open.worker !== said.worker;
};
/** A task without what a refusal of a late command may add to it. */
const substance = (task: TaskState): unknown => {
  if (task.status === 'absent') return task;
  const bare = { ...task, revision: 0, updated_at: '', runs: task.runs.map((run) => ({ ...run, kept: [] })) };
  return task.status === 'running' ? { ...bare, run: { ...task.run, kept: [] } } : bare;
};
const EACH_TIME: readonly TaskCommandType[] = ['AddComment', 'RecordHeartbeat'];

describe(`random commands at the decider (seed ${SEED}, ${RUNS} lives; HOLDFAST_SEED repeats them)`, () => {
  it('runs are 1, 2, 3 …', () =>
    always((moments) => {
      const runs = moments.flatMap(({ events }) => events.flatMap((event) => (event.type === 'TaskClaimed' ? [event.data.run] : [])));
      expect(runs).toEqual(runs.map((_, index) => index + 1));
    }));

  it('there are never two holders: a claim is only written while no run is open', () =>
    each(({ before, events }) => {
      if (events.some(({ type }) => type === 'TaskClaimed')) expect(holder(before)).toBeUndefined();
    }));

  it('a run is judged silent only when its beat is older than its lease', () =>
    each(({ before, said, events }) => {
      const run = holder(before);
      if (said.type !== 'JudgeRun' || run === undefined || run.revoked !== null || run.last_beat === null) return;
      const silent = events.some(({ data }) => 'reason' in data && (data.reason === 'lease_expired' || data.reason === 'heartbeat_stale'));
      if (silent) expect(elapsed(run.last_beat.at, said.at)).toBeGreaterThanOrEqual(run.lease_ms);
    }));

  it('a stale run changes nothing, and is told so unless it repeats its own end', () =>
    each(({ before, after, said, events, ok }) => {
      if (!isStale(before, said)) return;
      expect(substance(after)).toEqual(substance(before));
      if (ok) expect(events).toEqual([]);
    }));

  it('after a revocation the lease never moves', () =>
    each(({ before, after }) => {
      const [was, is] = [holder(before), holder(after)];
      if (was !== undefined && was.revoked !== null && is?.run === was.run) expect(is.claim_expires).toBe(was.claim_expires);
    }));

  it('a lease is never shortened within a run', () =>
    each(({ before, after }) => {
      const [was, is] = [holder(before), holder(after)];
      if (was !== undefined && is?.run === was.run) expect(is.claim_expires >= was.claim_expires).toBe(true);
    }));

  it('a task that reached its limit of failures is never claimable', () =>
    each(({ after }) => {
      if (after.status === 'ready') expect(after.failures).toBeLessThan(3);
    }));

  it('what counts as a failure is said by the one table', () =>
    each(({ events }) => {
      for (const { type, data } of events) {
        if (type === 'TaskReclaimed') expect(data.counts_as_failure).toBe(countsAsFailure(data.reason));
        if (type === 'RunFailed') expect(data.counts_as_failure).toBe(countsAsFailure(data.outcome));
      }
    }));

  it('a task gives up only with a failure that counts, and at its limit of them in a row', () =>
    each(({ before, events }) => {
      if (!events.some(({ type }) => type === 'TaskGaveUp')) return;
      expect(events.filter(({ data }) => 'counts_as_failure' in data && data.counts_as_failure)).toHaveLength(1);
      if (before.status !== 'absent') expect(before.failures).toBe(2);
    }));

  it('how far an event reaches is said by the one table: a run is over after what ends it and nothing else, and no task gets ready by what only leaves', () =>
    each(({ before, after, events }) => {
      const ends = events.some(({ type }) => RUN_ENDS.has(type));
      if (holder(before) !== undefined) expect(holder(after) === undefined).toBe(ends);
      if (ends) expect(holder(after)).toBeUndefined();
      if (before.status !== 'ready' && after.status === 'ready') expect(events.every(({ type }) => ONLY_LEAVES.has(type))).toBe(false);
    }));

  it('the same command twice writes nothing the second time', () =>
    each(({ after, said }) => {
      if (!EACH_TIME.includes(said.type)) expect(decided(after, said, board).events).toEqual([]);
    }));

  it('folding event by event is the same as folding the whole stream as it is stored', () =>
    always((moments) => {
      const stream: unknown = JSON.parse(JSON.stringify([created(), ...moments.flatMap(({ events }) => events)]));
      if (Array.isArray(stream)) expect(foldTask(stream)).toEqual(moments.at(-1)?.after);
    }));
});
