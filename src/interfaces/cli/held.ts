import type { Board } from '../../board/board.ts';
import type { Refusal } from '../../domain/task/answers.ts';
import type { Call } from './call.ts';
import { missingTask, notOnThis } from './missingTask.ts';
import { refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { exists, runOf } from './task.ts';

/** For what only the holder of a run may say. Without a run it is refused here, in words that never tell which run is open. */
export const withRun = async (
  call: Call,
  taskId: string,
  say: (board: Board, held: { readonly run: number; readonly worker: string }) => Promise<Outcome>,
): Promise<Outcome> => {
  const run = runOf(call, taskId);
  const { board } = await call.open();
  if (run !== null) return say(board, { run, worker: call.worker });
  const task = await board.load(taskId);
  if (!exists(task)) return missingTask(board, taskId);
  const stranger = await notOnThis(board, taskId, task.board);
  if (stranger !== undefined) return stranger;
  const { status } = task;
  return refused(status === 'running' ? runRequired(taskId, call.verb) : notRunning(taskId, call.verb, status));
};

const runRequired = (task_id: string, verb: string): Refusal => ({
  ok: false,
  code: 'RunRequired',
  message: `${task_id} is running: ${verb} needs --run N, the run that claim answered, or HOLDFAST_RUN`,
  task_id,
});

const notRunning = (task_id: string, verb: string, status: string): Refusal => ({
  ok: false,
  code: 'NotRunning',
  message: `${task_id} is ${status}, nobody holds it, so there is nothing to ${verb}; claim it first: \`holdfast claim ${task_id}\``,
  task_id,
  status,
});
