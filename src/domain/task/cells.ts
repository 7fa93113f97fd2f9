import type { RefusalCode } from './answers.ts';
import type { TaskCommandType } from './commands.ts';
import type { Status } from './state.ts';

/**
 * What each status does with each command: does it, has nothing to do (an answer without events), or the code of its refusal. A worker
 * command that names a run is answered by the fence first, which says StaleRun of every run but the open one; here it names none, or the
 * open one. `does` may still be refused by the facts: an assignee, a cool-down, a person needed.
 */
type Cell = 'does' | 'nothing' | RefusalCode;
type Row = { readonly [In in Status]: Cell };

const does = 'does';
const nothing = 'nothing';
const always = { triage: does, todo: does, scheduled: does, ready: does, running: does, blocked: does, done: does, archived: does } as const satisfies Row;
const no = (code: Exclude<Cell, 'does'>): Row => ({
  triage: code,
  todo: code,
  scheduled: code,
  ready: code,
  running: code,
  blocked: code,
  done: code,
  archived: code,
});
const onlyRunning = (code: Exclude<Cell, 'does'>): Row => ({
  triage: code,
  todo: code,
  scheduled: code,
  ready: code,
  running: does,
  blocked: code,
  done: code,
  archived: code,
});

export const CELLS: { readonly [Command in TaskCommandType]: Row } = {
  CreateTask: always, // the same again: nothing; another body: AlreadyExists
  EditTask: { ...always, archived: 'WrongStatus' },
  AssignTask: { ...always, done: 'WrongStatus', archived: 'WrongStatus' },
  AddComment: always,
  ClaimTask: { ...no('NotClaimable'), ready: does, running: 'AlreadyClaimed' },
  RecordWorkerStarted: onlyRunning('StaleRun'),
  RecordHeartbeat: onlyRunning('NotRunning'),
  ExtendClaim: onlyRunning('StaleRun'),
  CompleteTask: { ...always, done: nothing, archived: 'WrongStatus' },
  FailRun: onlyRunning('NotRunning'),
  BlockTask: { ...always, done: 'WrongStatus', archived: 'WrongStatus' }, // blocked: the same again is nothing, another reason WrongStatus
  UnblockTask: { ...always, running: 'WrongStatus', done: 'WrongStatus', archived: 'WrongStatus' }, // ready: nothing, but that a person ends a wait
  ReleaseClaim: onlyRunning('NotRunning'),
  JudgeRun: onlyRunning(nothing),
  ReportStop: onlyRunning(nothing),
  ReclaimTask: { ...onlyRunning('NotRunning'), blocked: does }, // blocked by anything but the breaker: NotRunning; by an agent: HumanRequired
  CancelTask: { ...always, done: 'WrongStatus', archived: nothing },
  ArchiveTask: { ...always, archived: nothing },
  ReopenTask: { ...no('WrongStatus'), ready: nothing, done: does, archived: does },
  LinkTask: { ...always, done: 'WrongStatus', archived: 'WrongStatus' },
  UnlinkTask: always,
  PromoteTask: { ...no('WrongStatus'), todo: does, scheduled: does, ready: nothing },
  DemoteTask: { ...no(nothing), ready: does },
  ScheduleTask: { ...no('WrongStatus'), todo: does, scheduled: does, ready: does },
};
