import { instantOf } from '../domain/instant.ts';
import type { PolicyValues } from '../domain/policy.ts';
import { waitingFor, type BoardNow, type WaitingFor } from '../domain/waitingFor.ts';
import { openRuns } from './admitted.ts';
import { openParents } from './dependencies.ts';
import { getBoard, hasLabel, taskOf } from './lists.ts';
import type { TaskRow } from './taskRow.ts';
import type { Rows } from './views.ts';

/** A task of a list, with everything that it waits for. */
export type ListedTask = TaskRow & { readonly waiting_for: readonly WaitingFor[] };
export type Explain = {
  readonly board: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly store_policy: PolicyValues;
  /** Who asks, where that matters: what is assigned to this name does not wait for it. */
  readonly viewer?: string;
};

/** The same rows, each with what it waits for. */
export const explained = (rows: Rows, tasks: readonly TaskRow[], { board, now, store_policy, viewer }: Explain): readonly ListedTask[] => {
  const row = getBoard(rows, board);
  const counted = new Map<string, ReturnType<typeof openRuns>>();
  const open = (name: string) => {
    const known = counted.get(name) ?? openRuns(rows, board, name);
    counted.set(name, known);
    return known;
  };
  const boardNow: BoardNow = {
    board: { paused: row?.paused ?? null, policy: row?.policy ?? {}, store_policy },
    open,
    ...(viewer === undefined ? {} : { viewer }),
  };
  const at = instantOf(now);
  return tasks.map((task) => {
    const unfinished = (task.status === 'todo' || task.status === 'scheduled') && task.parents > 0 ? openParents(rows, task.task_id) : null;
    // Its parents are finished, and yet its worker said that it waits for something.
    const open_parents = unfinished?.count === 0 && task.last_end?.end === 'blocked' ? null : unfinished;
    return { ...task, waiting_for: waitingFor({ ...task, open_parents }, at, boardNow) };
  });
};

/** What could be worked on and is not, as `ready --explain` shows it: ready tasks in the order in which they would be claimed, then what waits otherwise, the oldest first. */
export const unstartedTasks = (
  rows: Rows,
  { board, labels, limit }: { readonly board: string; readonly labels: readonly string[]; readonly limit: number },
) => {
  const labelled = labels.map(hasLabel);
  const where = ['board = ?', "status IN ('ready', 'todo', 'scheduled', 'blocked', 'triage')", ...labelled.map(([sql]) => sql)].join(' AND ');
  const args = labelled.flatMap(([, ...values]) => values);
  return rows
    .all(
      `SELECT doc FROM tasks WHERE ${where} ORDER BY status <> 'ready', CASE status WHEN 'ready' THEN priority END DESC, created_position LIMIT ?`,
      board,
      ...args,
      limit,
    )
    .map(taskOf);
};
