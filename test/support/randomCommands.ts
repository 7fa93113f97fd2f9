import fc from 'fast-check';
import type { TaskCommandType } from '../../src/domain/task/commands.ts';
import { FAILURE_OUTCOMES } from '../../src/domain/outcomes.ts';
import type { TaskState } from '../../src/domain/task/state.ts';
import type { Said } from './given.ts';
import { host, later, parentSeen, probes, started, stopped, T0, watchdog } from './told.ts';

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
const FAMILY = ['t_0000000001', 't_0000000002', 't_0000000003'];
/** Mostly all parents are finished, so that tasks are seldom kept waiting. */
const family = ({ number, flag }: Step) => FAMILY.map((task_id, n) => parentSeen(number > n && (flag || number > 3) ? 'done' : 'ready', { task_id }));

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
    parents_seen: FAMILY.map((task_id) => parentSeen(number === 3 ? 'running' : 'done', { task_id })),
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
  FailRun: (task, facts, at) => ({
    type: 'FailRun',
    at,
    ...sender(task, facts),
    outcome: facts.outcome,
    error: 'no',
    exit_code: facts.flag ? 1 : null,
    ...(facts.outcome === 'rate_limited' && facts.number > 4 ? { retry_after_ms: 60_000 } : {}),
  }),
  BlockTask: (task, facts, at) => ({ type: 'BlockTask', at, ...sender(task, facts), kind: facts.kind, reason: 'wait' }),
  UnblockTask: (_, facts, at) => ({ type: 'UnblockTask', at, by_human: facts.number > 1, parents_seen: family(facts) }),
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
  ReopenTask: (_, facts, at) => ({ type: 'ReopenTask', at, parents_seen: family(facts) }),
  LinkTask: (_, facts, at) => ({ type: 'LinkTask', at, parents: FAMILY.slice(0, 1 + (facts.number % 3)), parents_seen: family(facts) }),
  UnlinkTask: (_, facts, at) => ({ type: 'UnlinkTask', at, parents: FAMILY.slice(facts.number % 3), parents_seen: family(facts) }),
  PromoteTask: (_, facts, at) => ({ type: 'PromoteTask', at, by: facts.flag ? 'gate' : 'operator', force: facts.number === 0, parents_seen: family(facts) }),
  DemoteTask: (_, facts, at) => ({ type: 'DemoteTask', at, parents_seen: family(facts) }),
  ScheduleTask: (_, { number }, at) => ({ type: 'ScheduleTask', at, until: later(at, (1 + number) * MINUTE) }),
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
