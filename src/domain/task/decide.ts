import type { BoardState } from '../board/board.ts';
import { boardUnreadable, noSuchBoard } from '../board/decide.ts';
import type { RefusalCode } from './answers.ts';
import { reopenTask, unblockTask } from './blocking.ts';
import { CELLS } from './cells.ts';
import { claimTask, extendClaim, recordHeartbeat, recordWorkerStarted } from './claiming.ts';
import type { CommandOf, TaskCommandType } from './commands.ts';
import { addComment, createTask, editTask } from './creating.ts';
import { refuse, type Decide, type Decision, type Refused } from './decision.ts';
import { linkTask, unlinkTask } from './dependencies.ts';
import { blockTask, completeTask, failRun, releaseClaim } from './finishing.ts';
import { judgeRun, reportStop } from './judging.ts';
import { demoteTask, promoteTask, scheduleTask } from './promoting.ts';
import type { ExistingTask, TaskState } from './state.ts';
import { archiveTask, assignTask, cancelTask, reclaimTask } from './takingBack.ts';

type DecideAny<Type extends TaskCommandType> = (command: CommandOf<Type>, task: TaskState, board: BoardState) => Decision<Type>;

const existing =
  <Type extends TaskCommandType>(decider: Decide<Type>): DecideAny<Type> =>
  (command, task, board) =>
    task.status === 'absent' ? notFound(command, board) : decider(command, task, board);

const notFound = ({ task_id }: { readonly task_id: string }, { board, exists }: BoardState): Refused =>
  exists ? refuse('NotFound', `There is no task ${task_id}: \`holdfast list\` shows what there is.`, { task_id }) : { events: [], answer: noSuchBoard(board) };

const DECIDERS: { readonly [Type in TaskCommandType]: DecideAny<Type> } = {
  CreateTask: createTask,
  EditTask: existing(editTask),
  AssignTask: existing(assignTask),
  AddComment: existing(addComment),
  ClaimTask: existing(claimTask),
  RecordWorkerStarted: existing(recordWorkerStarted),
  RecordHeartbeat: existing(recordHeartbeat),
  ExtendClaim: existing(extendClaim),
  CompleteTask: existing(completeTask),
  FailRun: existing(failRun),
  BlockTask: existing(blockTask),
  UnblockTask: existing(unblockTask),
  ReleaseClaim: existing(releaseClaim),
  JudgeRun: existing(judgeRun),
  ReportStop: existing(reportStop),
  ReclaimTask: existing(reclaimTask),
  CancelTask: existing(cancelTask),
  ArchiveTask: existing(archiveTask),
  ReopenTask: existing(reopenTask),
  LinkTask: existing(linkTask),
  UnlinkTask: existing(unlinkTask),
  PromoteTask: existing(promoteTask),
  DemoteTask: existing(demoteTask),
  ScheduleTask: existing(scheduleTask),
};

/** What a person may do with a task of this status instead. */
const instead = (task: ExistingTask, at: string): string => {
  const { task_id } = task;
  const notYet = (option = '') => `\`holdfast show ${task_id}\` says what it waits for, \`holdfast promote ${task_id}${option}\` makes it ready`;
  switch (task.status) {
    case 'triage':
    case 'blocked':
      return `\`holdfast unblock ${task_id}\` makes it ready`;
    case 'scheduled':
      if (task.scheduled_until <= at)
        return `its time has come (${task.scheduled_until}); \`holdfast promote ${task_id}\`, or the next \`holdfast claim --next\`, \`work\` or \`serve\` wakes it`;
      return notYet();
    case 'todo':
      return notYet(' --force');
    case 'ready':
      return `\`holdfast claim ${task_id}\` starts it`;
    case 'running':
      return task.run.revoked === null
        ? `\`holdfast reclaim ${task_id}\` takes it back`
        : `\`holdfast reclaim ${task_id} --force\` does not wait until its worker has been stopped`;
    case 'done':
    case 'archived':
      return `\`holdfast reopen ${task_id}\` makes it ready again`;
  }
};

/** The refusal that the table of statuses and commands names. */
const refusedBy = (code: RefusalCode, task: ExistingTask, at: string): Refused => {
  const { task_id, status } = task;
  if (task.status !== 'running') return refuse(code, `${task_id} is ${status}: ${instead(task, at)}.`, { status });
  const { worker, claimed_at, claim_expires, revoked } = task.run;
  const until = revoked === null ? `until ${claim_expires}` : `and is being taken back (${revoked.reason})`;
  return refuse(code, `${task_id} is held by ${worker} ${until}: ${instead(task, at)}.`, { status, holder: worker, held_since: claimed_at, claim_expires });
};

const namesRun = (command: object): boolean => 'worker' in command && 'run' in command && command.run !== null;

/**
 * What a command does to a task: events, and the answer that holds once they are stored. Pure: the same input gives the same decision.
 * A "no" is an answer; a late worker's no may leave an event that keeps its payload.
 */
export const decide = <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>, task: TaskState, board: BoardState): Decision<Type> => {
  if (board.unreadable !== null) return { events: [], answer: boardUnreadable(board.board, board.unreadable) };
  if (task.status !== 'absent') {
    const cell = CELLS[type][task.status];
    if (cell !== 'does' && cell !== 'nothing' && !namesRun(command)) return refusedBy(cell, task, command.at);
  }
  return DECIDERS[type](command, task, board);
};
