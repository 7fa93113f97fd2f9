import type { Board } from '../../../board/board.ts';
import { isFinished } from '../../../domain/task/parents.ts';
import type { ExistingTask } from '../../../domain/task/state.ts';
import { stateAt } from '../asOf.ts';
import type { Call, Handler } from '../call.ts';
import { each } from '../several.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { exists } from '../task.ts';
import { taskText } from '../text/taskText.ts';
import { taskView } from '../taskView.ts';
import type { ParentView } from '../taskView.ts';

/** From the task's own stream: what it shows is true, not nearly true. */
export const show: Handler = (call) => each(call, call.args.positionals, (task_id) => showOne(call, task_id));

const showOne = async (call: Call, task_id: string): Promise<Outcome> => {
  const { board } = await call.open();
  const at = call.args.text('at');
  const seen = at === undefined ? { task: await board.load(task_id), now: call.io.clock.now() } : await stateAt(call, board, task_id, at);
  if ('kind' in seen) return seen;
  const { task, now } = seen;
  if (!exists(task)) return missingTask(board, task_id, at);
  const stranger = await notOnThis(board, task_id, task.board);
  if (stranger !== undefined) return stranger;
  // Of the past, only the task is shown as it was: the policy is today's, and a pause of today is left out.
  const state = await board.state();
  const view = taskView(task, now, at === undefined ? state : { ...state, paused: null }, await parentsOf(board, task, at === undefined));
  return done(view, taskText(view, now, call));
};

/** Each parent from its own stream; of the past only who they were. */
const parentsOf = (board: Board, { parents, waived }: ExistingTask, now: boolean): Promise<readonly ParentView[]> =>
  Promise.all(
    parents.map(async (task_id) => {
      const status = now
        ? await board.load(task_id).then(
            (parent) => parent.status,
            () => 'unreadable',
          )
        : null;
      return { task_id, status, finished: status !== null && isFinished(status), waived: waived.includes(task_id) };
    }),
  );
