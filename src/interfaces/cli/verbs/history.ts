import { historyLines, historyText } from '../../../audit/historyLines.ts';
import { upTo } from '../../../audit/replay.ts';
import { noSuchRevision, pointOf } from '../asOf.ts';
import type { Handler } from '../call.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import { done } from '../outcome.ts';
import { checkedId } from '../task.ts';

/** Under --json always every event, as stored. */
export const history: Handler = async ({ args, io, open }) => {
  const task_id = checkedId(args.positionals[0] ?? '');
  const at = args.text('at');
  const point = at === undefined ? undefined : pointOf(at, 'revision', io.clock.now());
  const { board } = await open();
  const whole = await board.history(task_id);
  const stranger = await notOnThis(board, task_id, whole[0]?.metadata.board);
  if (stranger !== undefined) return stranger;
  const beyond = point && noSuchRevision(task_id, whole, point);
  if (beyond !== undefined) return beyond;
  const events = point === undefined ? whole : upTo(whole, point);
  if (events.length === 0) return missingTask(board, task_id, at);
  return done({ task_id, events }, historyText(historyLines(events, { all: args.flag('all') })));
};
