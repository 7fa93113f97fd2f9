import type { Instant } from '../domain/instant.ts';
import type { Wait } from '../domain/task/waiting.ts';
import { integer, text } from '../platform/sqlite.ts';
import type { Row, SqlValue } from '../platform/sqlite.ts';
import { boards, type BoardRow } from './boards.ts';
import { docOf } from './doc.ts';
import { runKey, runs, type RunRow } from './runs.ts';
import type { TaskRow } from './taskRow.ts';
import { tasks } from './tasks.ts';
import type { Rows } from './views.ts';

export type ListTasks = {
  readonly board: string;
  /** Any of these; default all. */
  readonly status?: readonly TaskRow['status'][];
  readonly label?: string;
  readonly assignee?: string;
  /** Who holds it now. */
  readonly worker?: string;
  /** Only what waits for this task, or waited for it. */
  readonly parent?: string;
  /** `created_position` of the last task of the page before. */
  readonly after?: string;
  readonly limit: number;
};

export const taskOf = docOf(tasks);
const runOf = docOf(runs);

/** Part of a query: what it asks and the arguments for its question marks. */
type Clause = readonly [sql: string, ...args: SqlValue[]];
const NO_CLAUSE: Clause = ['TRUE'];

/** Labels are kept as a JSON array of strings, in which a label in its quotes occurs only where it is one. */
export const hasLabel = (label: string): Clause => ['instr(labels, ?) > 0', JSON.stringify(label)];

const page = (rows: Rows, { board, label, assignee, worker, parent, after = '-1', limit }: ListTasks, status: Clause): readonly TaskRow[] => {
  const clauses: readonly Clause[] = [
    ['board = ?', board],
    status,
    ['created_position > ?', Number(after)],
    label === undefined ? NO_CLAUSE : hasLabel(label),
    assignee === undefined ? NO_CLAUSE : ['assignee = ?', assignee],
    parent === undefined ? NO_CLAUSE : ['key IN (SELECT child FROM links WHERE parent = ?)', parent],
    worker === undefined ? NO_CLAUSE : ["worker = ? AND status = 'running'", worker],
  ];
  const where = clauses.map(([sql]) => sql).join(' AND ');
  const args = clauses.flatMap(([, ...values]) => values);
  return rows.all(`SELECT doc FROM tasks WHERE ${where} ORDER BY created_position LIMIT ?`, ...args, limit).map(taskOf);
};

const byPosition = (a: TaskRow, b: TaskRow): number => Number(a.created_position) - Number(b.created_position);

/** One page of a board's tasks, the oldest first. Each status has its own index range, so few of many are found as fast as all. */
export const listTasks = (rows: Rows, query: ListTasks): readonly TaskRow[] => {
  if (query.status === undefined) return page(rows, query, NO_CLAUSE);
  const pages = query.status.map((status) => page(rows, query, ['status = ?', status]));
  return pages.flat().toSorted(byPosition).slice(0, query.limit);
};

export const getTask = (rows: Rows, taskId: string): TaskRow | undefined => rows.all('SELECT doc FROM tasks WHERE key = ?', taskId).map(taskOf)[0];

/** Every run of a task, the first one first; an open one has `end` null. */
export const runsOf = (rows: Rows, taskId: string): readonly RunRow[] =>
  rows.all('SELECT doc FROM runs WHERE key >= ? AND key <= ? ORDER BY key', runKey(taskId, 0), runKey(taskId, Number.MAX_SAFE_INTEGER)).map(runOf);

/** The task whose run was claimed by this command. */
export const claimedBy = (rows: Rows, commandId: string): string | undefined =>
  rows.all('SELECT doc FROM runs WHERE claim_command = ? LIMIT 1', commandId).map(runOf)[0]?.task_id;

export const boardRows = (rows: Rows): readonly BoardRow[] => rows.all('SELECT doc FROM boards ORDER BY key').map(docOf(boards));

export const getBoard = (rows: Rows, board: string): BoardRow | undefined => boardRows(rows).find((row) => row.board === board);

/** How many tasks of a board have each status that occurs. */
export const countByStatus = (rows: Rows, board: string): Readonly<Record<string, number>> =>
  Object.fromEntries(rows.all('SELECT status, count(*) FROM tasks WHERE board = ? GROUP BY status', board).map((row) => [text(row, 0), integer(row, 1)]));

type ReadyTasks = {
  readonly board: string;
  readonly now: Instant;
  /** All of these. */
  readonly labels?: readonly string[];
  /** Who asks: tasks assigned to somebody else are left out. Default: only unassigned ones. */
  readonly assignee?: string;
  readonly limit: number;
};

const ready = (rows: Rows, columns: string, { board, now, labels = [], assignee, limit }: ReadyTasks): readonly Row[] => {
  const labelled = labels.map(hasLabel);
  const where = ['not_before IS NULL OR not_before <= ?', 'assignee IS NULL OR assignee = ?', ...labelled.map(([sql]) => sql)].map((sql) => `(${sql})`);
  const args = [now, assignee ?? null, ...labelled.flatMap(([, ...values]) => values)];
  return rows.all(
    `SELECT ${columns} FROM tasks WHERE board = ? AND status = 'ready' AND ${where.join(' AND ')} ORDER BY priority DESC, created_position LIMIT ?`,
    board,
    ...args,
    limit,
  );
};

/** What may be claimed now: the highest priority first, then the oldest. Only nominated: the decider looks at the stream. */
export const readyTasks = (rows: Rows, query: ReadyTasks): readonly TaskRow[] => ready(rows, 'doc', query).map(taskOf);

/** As `readyTasks`, but only what a claim needs to know of them. */
export const readyIds = (rows: Rows, query: ReadyTasks): readonly { readonly task_id: string; readonly priority: number }[] =>
  ready(rows, 'key, priority', query).map((row) => ({ task_id: text(row, 0), priority: integer(row, 1) }));

/** When the first of a board's ready tasks stops cooling down; undefined when none does. */
export const firstCooled = (rows: Rows, board: string, now: Instant): Instant | undefined =>
  rows
    .all("SELECT min(not_before) FROM tasks WHERE board = ? AND status = 'ready' AND not_before > ? HAVING count(*) > 0", board, now)
    .map((row) => text(row, 0))[0];

/** Why unfinished tasks of a board cannot be claimed by this worker, by what they wait for; what does not occur is left out. */
type Waiting = Wait | 'assigned_to_others' | 'other_labels' | 'running' | 'blocked' | 'triage' | 'todo' | 'scheduled' | 'unreadable';

/** As `waitAfter` of the domain says. */
const COOLS_DOWN = "json_extract(doc, '$.last_end.end') = 'rate_limited'";

const FINISHED = ['ready', 'done', 'archived'];

/** Counts by reason; a ready task is counted once, for the first of labels, assignee, cool-down or back-off that holds it back. */
export const waitingCounts = (rows: Rows, { board, now, labels = [], assignee }: Omit<ReadyTasks, 'limit'>): Readonly<Partial<Record<Waiting, number>>> => {
  const labelled = labels.map(hasLabel);
  const unlabelled = labelled.length === 0 ? 'FALSE' : `NOT (${labelled.map(([sql]) => sql).join(' AND ')})`;
  const others = 'assignee IS NOT NULL AND assignee IS NOT ?';
  const args = [...labelled.flatMap(([, ...values]) => values), assignee ?? null];
  const held = rows.all(
    `SELECT CASE WHEN ${unlabelled} THEN 'other_labels' WHEN ${others} THEN 'assigned_to_others' ELSE iif(${COOLS_DOWN}, 'cool_down', 'back_off') END, count(*)
     FROM tasks WHERE board = ? AND status = 'ready' AND (${unlabelled} OR (${others}) OR not_before > ?) GROUP BY 1`,
    ...args,
    board,
    ...args,
    now,
  );
  const byStatus = Object.entries(countByStatus(rows, board)).filter(([status]) => !FINISHED.includes(status));
  return Object.fromEntries([...held.map((row) => [text(row, 0), integer(row, 1)] as const), ...byStatus]);
};
