import { explain } from '../../../audit/explain.ts';
import { explainText } from '../../../audit/explainText.ts';
import type { Handler } from '../call.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import { done, failed } from '../outcome.ts';
import { checkedId } from '../task.ts';

export const why: Handler = async ({ args, open }) => {
  const task_id = checkedId(args.positionals[0] ?? '');
  const { board } = await open();
  const history = await board.history(task_id);
  const stranger = await notOnThis(board, task_id, history[0]?.metadata.board);
  if (stranger !== undefined) return stranger;
  const explanation = explain(history);
  if (explanation === undefined) return missingTask(board, task_id);
  const only = args.number('run');
  if (only !== undefined && only > explanation.runs_total) return failed('NotFound', `${task_id} has no run ${only}`, { task_id, run: only });
  const shown = only === undefined ? explanation : { ...explanation, runs: explanation.runs.filter(({ run }) => run === only) };
  return done(shown, explainText(shown));
};
