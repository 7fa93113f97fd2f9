import { describe, it, expect } from '@jest/globals';
import { CELLS } from '../../../src/domain/task/cells.ts';
import { COMMANDS, type TaskCommandType } from '../../../src/domain/task/commands.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import type { Status, TaskState } from '../../../src/domain/task/state.ts';
import { boardOf, decided, fold, type Said } from '../../support/given.ts';
import {
  archived,
  blocked,
  claimed,
  completed,
  created,
  escalated,
  failed,
  gaveUp,
  minute,
  PARENT,
  parentSeen as seen,
  probes,
  revoked,
  scheduled,
  started,
  stopped,
  T0,
  watchdog,
  workerStarted,
} from '../../support/told.ts';

const at = minute(90);
const judge = watchdog;
const givenUp = [
  created(),
  claimed('ada', 1, T0),
  failed('ada', 1, minute(1)),
  claimed('ada', 2, minute(2)),
  failed('ada', 2, minute(3)),
  gaveUp(2, minute(3)),
];
const running = [created(), claimed('ada', 1, T0), workerStarted('ada', 1, T0)];

const IN: { readonly [In in Status]: readonly TaskEvent[] } = {
  triage: [created(), escalated(minute(1))],
  todo: [created(), blocked(minute(1), { kind: 'dependency' })],
  scheduled: [created(), scheduled(minute(1), minute(600))],
  ready: [created()],
  running,
  blocked: givenUp,
  done: [created(), completed(null, null, minute(1))],
  archived: [created(), archived(minute(1))],
};

const stateIn = (status: Status): TaskState => fold(...IN[status]);

/** The command as somebody says it who names no run, or the open one. */
const SAID: { readonly [Type in TaskCommandType]: (run: number | null) => Said<Type> } = {
  CreateTask: () => ({ type: 'CreateTask', at, board: 'main', title: 'Another' }),
  EditTask: () => ({ type: 'EditTask', at, title: 'Another' }),
  AssignTask: () => ({ type: 'AssignTask', at, assignee: 'bob', by_human: true, probe: probes.alive }),
  AddComment: () => ({ type: 'AddComment', at, text: 'hello' }),
  ClaimTask: () => ({ type: 'ClaimTask', at, worker: 'bob' }),
  RecordWorkerStarted: (run) => ({ type: 'RecordWorkerStarted', at, run: run ?? 9, worker: 'ada', ...started, child: { ...started.child, pid: 7 } }),
  RecordHeartbeat: (run) => ({ type: 'RecordHeartbeat', at, run, worker: 'ada' }),
  ExtendClaim: (run) => ({ type: 'ExtendClaim', at, run: run ?? 9, worker: 'ada', probe: probes.alive, judge }),
  CompleteTask: (run) => ({ type: 'CompleteTask', at, run, worker: 'ada' }),
  FailRun: (run) => ({ type: 'FailRun', at, run, worker: 'ada', error: 'no' }),
  BlockTask: (run) => ({ type: 'BlockTask', at, run, worker: 'ada', kind: 'transient', reason: 'wait' }),
  UnblockTask: () => ({ type: 'UnblockTask', at, by_human: true }),
  ReleaseClaim: (run) => ({ type: 'ReleaseClaim', at, run, worker: 'ada' }),
  JudgeRun: (run) => ({ type: 'JudgeRun', at, run: run ?? 9, probe: probes.dead, judge, view_behind: 0, discounted_ms: 0, only_certain: false }),
  ReportStop: (run) => ({ type: 'ReportStop', at, run: run ?? 9, stop: stopped(at), survivors: [], probe: probes.dead, judge }),
  ReclaimTask: () => ({ type: 'ReclaimTask', at, by_human: true, probe: probes.alive }),
  CancelTask: () => ({ type: 'CancelTask', at, probe: probes.alive }),
  ArchiveTask: () => ({ type: 'ArchiveTask', at, probe: probes.alive }),
  ReopenTask: () => ({ type: 'ReopenTask', at }),
  LinkTask: () => ({ type: 'LinkTask', at, parents: [PARENT], parents_seen: [seen('running')] }),
  UnlinkTask: () => ({ type: 'UnlinkTask', at, parents: [PARENT], parents_seen: [] }),
  PromoteTask: () => ({ type: 'PromoteTask', at }),
  DemoteTask: () => ({ type: 'DemoteTask', at, parents_seen: [seen('running')] }),
  ScheduleTask: () => ({ type: 'ScheduleTask', at, until: minute(700) }),
};

/** Cells whose `does` depends on more than the status; each has its own spec beside the rule. */
const BY_FACTS: Readonly<Record<string, string>> = {
  'CreateTask, any status': 'AlreadyExists', // another body
  'BlockTask, blocked': 'WrongStatus', // another reason
  'UnlinkTask, any status': 'nothing', // it has no parents
  'DemoteTask, ready': 'nothing', // nor anything to wait for
  'UnblockTask, ready': 'nothing', // nothing to wait for
};

const isCommand = (type: string): type is TaskCommandType => type in COMMANDS;
const isStatus = (status: string): status is Status => status in IN;
const cells = Object.entries(CELLS).flatMap(([type, row]) => Object.entries(row).map(([status, cell]) => ({ type, status, cell })));

const outcomeOf = (type: TaskCommandType, status: Status): string => {
  const open = status === 'running';
  const history = stateIn(status);
  // A stop is reported of a run that was revoked.
  const task = type === 'ReportStop' && open ? fold(...running, revoked(1, minute(80))) : history;
  const { events, answer } = decided(task, SAID[type](open ? 1 : null), boardOf());
  if (!answer.ok) return answer.code;
  return events.length === 0 ? 'nothing' : 'does';
};

describe('what each status does with each command', () => {
  it('is said for every command', () => expect(cells).toHaveLength(Object.keys(COMMANDS).length * Object.keys(IN).length));

  it.each(cells)('$type in $status: $cell', ({ type, status, cell }) => {
    if (!isCommand(type) || !isStatus(status)) throw new Error('no such cell');
    const byFacts = BY_FACTS[`${type}, ${status}`] ?? BY_FACTS[`${type}, any status`];
    expect(outcomeOf(type, status)).toBe(byFacts ?? cell);
  });
});
