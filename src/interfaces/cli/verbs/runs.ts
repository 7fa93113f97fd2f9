import { durationText } from '../../../domain/duration.ts';
import { getTask, runsOf } from '../../../projections/lists.ts';
import { age, about } from '../text/ages.ts';
import type { Handler } from '../call.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import { done } from '../outcome.ts';
import { table } from '../text/table.ts';
import { checkedId } from '../task.ts';

export const runs: Handler = async ({ args, open, io }) => {
  const task_id = checkedId(args.positionals[0] ?? '');
  const { board, readModel } = await open();
  const { task, all } = await (await readModel()).read((rows) => ({ task: getTask(rows, task_id), all: runsOf(rows, task_id) }));
  if (task === undefined) return missingTask(board, task_id);
  const stranger = await notOnThis(board, task_id, task.board);
  if (stranger !== undefined) return stranger;
  const now = io.clock.now();
  const rows = all.map((run) => [
    String(run.run),
    run.worker,
    run.end ?? 'open',
    run.counts_as_failure ? 'failure' : '',
    `claimed ${age(run.claimed_at, now)}`,
    run.ended_at === null ? '' : `ended ${age(run.ended_at, now)}`,
    `${run.beats} ${run.beats === 1 ? 'beat' : 'beats'}, longest silence ${about(run.largest_gap_ms)} of ${durationText(run.lease_ms)}`,
  ]);
  return done({ task_id, runs: all }, rows.length === 0 ? `nobody has claimed ${task_id} yet` : table(rows));
};
