import fc from 'fast-check';
import type { TaskCommandType } from '../../src/domain/task/commands.ts';
import { FAILURE_OUTCOMES } from '../../src/domain/outcomes.ts';
import type { TaskState } from '../../src/domain/task/state.ts';
import type { Said } from './given.ts';
import { host, later, probes, started, stopped, T0, watchdog } from './told.ts';

const MINUTE = 60_000;
const SPREAD = [1, 1000, 20_000, MINUTE, 5 * MINUTE, 5 * MINUTE, 16 * MINUTE, 61 * MINUTE, 300 * MINUTE];
const WORKERS = ['ada', 'bob', 'eve'] as const;
const PROBES = [
  probes.alive,
  probes.alive,
  probes.alive,
  probes.alive,
  probes.unknown,
  probes.foreign,
  probes.orphan,
  probes.dead,
  probes.deadByHand,
  probes.deadUnder(T0),
  probes.otherBoot,
  probes.unknown,
  probes.foreign,
] as const;

/** A step of a random life: what somebody says, how much later, and who it is. Mostly the holder, else a stranger or a late worker. */
export const step = fc.record({
  wait: fc.constantFrom(...SPREAD),
  who: fc.constantFrom('holder', 'holder', 'holder', 'holder', 'holder', 'late', 'stranger', 'nobody'),
  worker: fc.constantFrom(...WORKERS),
  probe: fc.constantFrom(...PROBES),
  flag: fc.boolean(),
  number: fc.nat(7),
  outcome: fc.constantFrom(...FAILURE_OUTCOMES),
  kind: fc.constantFrom('dependency' as const, 'needs_input' as const, 'capability' as const, 'transient' as const),
});
export type Step = Readonly<typeof step extends fc.Arbitrary<infer Facts> ? Facts : never>;

const openRun = (task: TaskState): { readonly run: number; readonly worker: string } => (task.status === 'running' ? task.run : { run: 99, worker: 'nobody' });
const lastRun = (task: TaskState) => ('runs' in task ? task.runs.at(-1) : undefined) ?? openRun(task);

/** The run and worker that this step's speaker names. */
const sender = (task: TaskState, { who, worker }: Step): { readonly run: number | null; readonly worker: string } => {
  const open = openRun(task);
  const late = lastRun(task);
  switch (who) {
    case 'holder':
      return { run: open.run, worker: open.worker };
    case 'late':
      return { run: late.run, worker: late.worker };
    case 'stranger':
      return { run: open.run, worker };
    case 'nobody':
      return { run: null, worker };
    default:
      throw new Error(who);
  }
};

type Say = { readonly [Type in TaskCommandType]: (task: TaskState, step: Step, at: string) => Said<Type> };
const named = (task: TaskState, facts: Step) => ({ run: sender(task, facts).run ?? 99, worker: sender(task, facts).worker });
const judge = watchdog;

export const SAY: Say = {
  CreateTask: (_, { flag }, at) => ({ type: 'CreateTask', at, board: 'main', title: 'Pack modules', priority: flag ? 1 : 0 }),
  EditTask: (_, { number }, at) => ({ type: 'EditTask', at, title: `title ${number}` }),
  AssignTask: (_, { worker, flag, probe, number }, at) => ({ type: 'AssignTask', at, assignee: number > 1 ? null : worker, force: flag, probe }),
  AddComment: (_, _step, at) => ({ type: 'AddComment', at, text: 'hm' }),
  ClaimTask: (_, { worker, number }, at) => ({
    type: 'ClaimTask',
    at,
    worker,
    lingering: number === 0,
    force: number === 1,
    process: number > 4 ? { ...host, pid: 7, started_at: '1' } : null,
    ...(number > 6 ? { lease_ms: 5000 * number } : {}),
  }),
  RecordWorkerStarted: (task, facts, at) => ({ type: 'RecordWorkerStarted', at, ...named(task, facts), ...started }),
  RecordHeartbeat: (task, facts, at) => ({
    type: 'RecordHeartbeat',
    at,
    ...sender(task, facts),
    source: facts.flag ? 'worker' : 'activity',
    ...(facts.flag ? { checkpoint: { done: facts.number } } : {}),
    ...(facts.number === 0 ? { lease_ms: 60_000 } : {}),
  }),
  ExtendClaim: (task, facts, at) => ({ type: 'ExtendClaim', at, ...named(task, facts), probe: probes.alive, judge }),
  CompleteTask: (task, facts, at) => ({ type: 'CompleteTask', at, ...sender(task, facts), summary: 'done' }),
  FailRun: (task, facts, at) => ({ type: 'FailRun', at, ...sender(task, facts), outcome: facts.outcome, error: 'no', exit_code: facts.flag ? 1 : null }),
  BlockTask: (task, facts, at) => ({ type: 'BlockTask', at, ...sender(task, facts), kind: facts.kind, reason: 'wait' }),
  UnblockTask: (_, { number }, at) => ({ type: 'UnblockTask', at, by_human: number > 1 }),
  ReleaseClaim: (task, facts, at) => ({ type: 'ReleaseClaim', at, ...sender(task, facts) }),
  JudgeRun: (task, { probe, flag, number }, at) => ({
    type: 'JudgeRun',
    at,
    run: openRun(task).run,
    probe,
    judge,
    view_behind: number,
    discounted_ms: number === 7 ? 60_000 : 0,
    only_certain: flag && number < 3,
  }),
  ReportStop: (task, { flag, probe }, at) => ({
    type: 'ReportStop',
    at,
    run: openRun(task).run,
    stop: stopped(at, flag),
    survivors: flag ? [] : [7],
    probe,
    judge,
  }),
  ReclaimTask: (_, { flag, probe }, at) => ({ type: 'ReclaimTask', at, force: flag, probe }),
  CancelTask: (_, { flag, probe }, at) => ({ type: 'CancelTask', at, force: flag, probe }),
  ArchiveTask: (_, { flag, probe }, at) => ({ type: 'ArchiveTask', at, force: flag, probe }),
  ReopenTask: (_, _step, at) => ({ type: 'ReopenTask', at }),
};

// What makes a life long is said more often than what ends it.
const OFTEN: Partial<Readonly<Record<TaskCommandType, number>>> = {
  ClaimTask: 9,
  RecordWorkerStarted: 8,
  RecordHeartbeat: 9,
  JudgeRun: 12,
  ReportStop: 5,
  ExtendClaim: 3,
  FailRun: 3,
  UnblockTask: 4,
  ReopenTask: 3,
};
const isType = (type: string): type is TaskCommandType => type in SAY;
const types = Object.keys(SAY).filter(isType);
export const spoken = fc.tuple(fc.oneof(...types.map((type) => ({ arbitrary: fc.constant(type), weight: OFTEN[type] ?? 1 }))), step);

/** Every other command that this status cannot use gives way to one that moves the task on, so that lives become long. */
export const fitting = (type: TaskCommandType, { status }: TaskState, { flag }: Step): TaskCommandType => {
  if (!flag || status === 'running') return type;
  if (status === 'ready') return 'ClaimTask';
  return status === 'done' || status === 'archived' ? 'ReopenTask' : 'UnblockTask';
};
export const afterWait = (at: string, { wait }: Step): string => later(at, wait);
