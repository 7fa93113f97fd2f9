import { toMs } from '../../domain/instant.ts';
import type { BoardRow } from '../boards.ts';
import { docOf } from '../doc.ts';
import { getTask, runsOf, taskOf } from '../lists.ts';
import type { TaskRow } from '../taskRow.ts';
import type { Rows } from '../views.ts';
import type { Subject } from './rule.ts';
import { noTrouble, type TroubleRow } from './troubleRow.ts';
import { diagnostics } from './troubles.ts';

const troubleOf = (rows: Rows, taskId: string): TroubleRow =>
  rows.all('SELECT doc FROM diagnostics WHERE key = ?', taskId).map(docOf(diagnostics))[0] ?? noTrouble(taskId);

/** What an assignee holds on the board; few tasks run at a time. */
const heldBy = (rows: Rows, board: string, worker: string): TaskRow | null =>
  rows.all("SELECT doc FROM tasks WHERE board = ? AND status = 'running' AND worker = ? LIMIT 1", board, worker).map(taskOf)[0] ?? null;

const missingOf = (rows: Rows, { named }: TroubleRow): ReadonlySet<string> =>
  new Set(named === null ? [] : [...named.results, ...named.mentions].filter((id) => rows.all('SELECT 1 FROM tasks WHERE key = ?', id).length === 0));

const subjectOf = (rows: Rows, task: TaskRow, board: BoardRow | undefined): Subject => {
  const trouble = troubleOf(rows, task.task_id);
  const late = new Set(trouble.taken.flatMap(({ run, late: words }) => (words.length === 0 ? [] : [run])));
  return {
    task,
    trouble,
    late_runs: late.size === 0 ? [] : runsOf(rows, task.task_id).filter(({ run }) => late.has(run)),
    missing: missingOf(rows, trouble),
    paused: board?.paused != null,
    resumed_at: board?.resumed_at == null ? null : toMs(board.resumed_at),
    assignee_holds: task.status === 'ready' && task.assignee !== null ? heldBy(rows, task.board, task.assignee) : null,
  };
};

/** One task of the board; undefined when it has no such task. */
export const subject = (rows: Rows, board: BoardRow, taskId: string): Subject | undefined => {
  const task = getTask(rows, taskId);
  return task?.board === board.board ? subjectOf(rows, task, board) : undefined;
};

type Candidates = { readonly sql: string; readonly start: string | number; readonly place: (task: TaskRow) => string | number };
const byKey = { start: '', place: ({ task_id }: TaskRow) => task_id };

/** What could be diagnosed at all: what has a past, what runs, and what is ready for somebody. Found by indexes, so the others cost nothing. */
const CANDIDATES: readonly Candidates[] = [
  { ...byKey, sql: 'SELECT t.doc FROM diagnostics d JOIN tasks t ON t.key = d.key WHERE d.open = 1 AND t.board = ? AND d.key > ? ORDER BY d.key LIMIT ?' },
  { ...byKey, sql: "SELECT doc FROM tasks WHERE board = ? AND status = 'running' AND key > ? ORDER BY key LIMIT ?" },
  {
    sql: "SELECT doc FROM tasks WHERE board = ? AND status = 'ready' AND created_position > ? AND assignee IS NOT NULL ORDER BY created_position LIMIT ?",
    start: -1,
    place: ({ created_position }) => Number(created_position),
  },
];
const AT_ONCE = 1000;

function* tasksOf(rows: Rows, board: string, { sql, start, place }: Candidates): Generator<TaskRow, void, void> {
  let after: string | number | null = start;
  while (after !== null) {
    const tasks: readonly TaskRow[] = rows.all(sql, board, after, AT_ONCE).map(taskOf);
    yield* tasks;
    const last = tasks.at(-1);
    after = last === undefined || tasks.length < AT_ONCE ? null : place(last);
  }
}

/** Every task of the board that could be diagnosed, each once. */
export function* subjects(rows: Rows, board: BoardRow): Generator<Subject, void, void> {
  const seen = new Set<string>();
  for (const candidates of CANDIDATES)
    for (const task of tasksOf(rows, board.board, candidates)) {
      if (!seen.has(task.task_id)) yield subjectOf(rows, task, board);
      seen.add(task.task_id);
    }
}
