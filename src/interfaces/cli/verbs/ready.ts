import { instantOf } from '../../../domain/instant.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { getBoard, readyTasks } from '../../../projections/lists.ts';
import { explained, unstartedTasks } from '../../../projections/waiting.ts';
import type { ListedTask } from '../../../projections/waiting.ts';
import type { Call, Handler } from '../call.ts';
import { noSuchBoard } from '../missingBoard.ts';
import { done } from '../outcome.ts';
import { pausedText } from '../text/pausedText.ts';
import { oneLine } from '../text/printable.ts';
import { table } from '../text/table.ts';
import { taskLines } from '../text/taskLines.ts';
import { waitCommand, waitText } from '../text/waitText.ts';
import { limitOf } from './list.ts';

export const ready: Handler = async (call) => {
  const { args, io, settings, paint, paste } = call;
  const [board, now, limit, labels] = [settings.board.value, io.clock.now(), limitOf(args.number('limit')), args.texts('label')];
  const viewer = args.text('assignee') ?? call.worker;
  const explain = args.flag('explain');
  const { readModel, kind } = await call.open();
  const { row, tasks, waiting } = await (
    await readModel()
  ).read((rows) => {
    const found = explain ? unstartedTasks(rows, { board, labels, limit }) : readyTasks(rows, { board, now: instantOf(now), labels, assignee: viewer, limit });
    return {
      row: getBoard(rows, board),
      waiting: found.length === 0 && unstartedTasks(rows, { board, labels, limit: 1 }).length > 0,
      tasks: explained(rows, found, { board, now, store_policy: kind.policy, viewer }),
    };
  });
  if (row === undefined) return noSuchBoard(board);
  const { paused } = row;
  if (explain) return done({ tasks, paused }, tasks.length === 0 ? 'nothing is ready, and nothing waits' : table(tasks.map((task) => line(task, now, call))));
  const next =
    paused === null ? `next: ${paste('holdfast claim --next')}` : paint.yellow(`nothing can be claimed, the board is ${pausedText(paused, now, paste)}`);
  const listed = tasks.length > 0 ? taskLines(tasks, now, call) : `nothing is ready${waiting ? `; next: ${paste('holdfast ready --explain')}` : ''}`;
  return done({ tasks, paused }, `${listed}${tasks.length > 0 || paused !== null ? `\n${next}` : ''}`);
};

const TITLE = 40;

/** One task on one line: what it waits for, and what to type. */
const line = (
  { task_id, board, status, title, assignee, waiting_for }: ListedTask,
  now: number,
  { worker, paste }: Pick<Call, 'worker' | 'paste'>,
): readonly string[] => {
  const [first] = waiting_for;
  const what = first === undefined ? 'can be claimed now' : `waits for ${waiting_for.map((wait) => waitText(wait, now, board)).join('; and for ')}`;
  const mine = assignee === null || assignee === worker;
  const claim = `holdfast claim ${task_id}${mine ? '' : ` --worker ${shellWord(assignee)}`}`;
  const command = first === undefined || first.kind === 'unclaimed' ? claim : waitCommand(first, task_id);
  const shown = oneLine(title);
  return [task_id, status, shown.length > TITLE ? `${shown.slice(0, TITLE - 1)}…` : shown, `${what}${command === null ? '' : `; next: ${paste(command)}`}`];
};
