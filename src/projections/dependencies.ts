import type { Instant } from '../domain/instant.ts';
import { FINISHED } from '../domain/task/parents.ts';
import { integer, text } from '../platform/sqlite.ts';
import { docOf } from './doc.ts';
import { links, type LinkRow } from './links.ts';
import { taskOf } from './lists.ts';
import type { Rows } from './views.ts';

const finished = FINISHED.map((status) => `'${status}'`).join(', ');
/** The links of `child` that still hold it back; a parent that the rows do not know counts as not finished. */
const OPEN = `FROM links l LEFT JOIN tasks p ON p.key = l.parent WHERE l.child = ? AND l.gates = 1 AND (p.status IS NULL OR p.status NOT IN (${finished}))`;

/** Every parent of a task, by id. */
export const parentsOf = (rows: Rows, taskId: string): readonly LinkRow[] =>
  rows.all('SELECT doc FROM links WHERE child = ? ORDER BY parent', taskId).map(docOf(links));

/** Parents named where a task says for whom it waits; the count says how many there are. */
const NAMED = 10;

/** The parents that a task still waits for: how many, and the first of them. */
export const openParents = (rows: Rows, taskId: string): { readonly count: number; readonly ids: readonly string[] } => ({
  count: rows.all(`SELECT count(*) ${OPEN}`, taskId).map((row) => integer(row, 0))[0] ?? 0,
  ids: rows.all(`SELECT l.parent ${OPEN} ORDER BY l.parent LIMIT ?`, taskId, NAMED).map((row) => text(row, 0)),
});

/** One page of the tasks that wait for this one, or waited for it; `after`: the last of the page before. */
export const childrenOf = (rows: Rows, taskId: string, { after = '', limit }: { readonly after?: string; readonly limit: number }): readonly string[] =>
  rows.all('SELECT child FROM links WHERE parent = ? AND child > ? ORDER BY child LIMIT ?', taskId, after, limit).map((row) => text(row, 0));

/** What a task should do by now: a waiting one go on, a ready one wait. `cause`: the event that led to it. */
export type Nomination = { readonly task_id: string; readonly move: 'PromoteTask' | 'DemoteTask'; readonly revision: string; readonly cause: string };

const firstOpen = (rows: Rows, taskId: string): string | undefined =>
  rows.all(`SELECT coalesce(json_extract(p.doc, '$.moved_by'), '') ${OPEN} LIMIT 1`, taskId).map((row) => text(row, 0))[0];
/** What finished last; undefined when it has no parents. */
const lastFinish = (rows: Rows, taskId: string): string | undefined =>
  rows
    .all(
      `SELECT json_extract(p.doc, '$.moved_by') FROM links l JOIN tasks p ON p.key = l.parent WHERE l.child = ?
       ORDER BY json_extract(p.doc, '$.updated_at') DESC, l.parent LIMIT 1`,
      taskId,
    )
    .map((row) => text(row, 0))[0];

/** What this task should do, as far as the rows know: asked again at each turn, so that nothing needs to be remembered. */
export const nominated = (rows: Rows, board: string, taskId: string, now: Instant): Nomination | undefined => {
  const [found] = rows.all("SELECT doc FROM tasks WHERE key = ? AND board = ? AND status IN ('todo', 'ready', 'scheduled')", taskId, board);
  if (found === undefined) return undefined;
  const { task_id, status, revision, scheduled_until, parents, moved_by } = taskOf(found);
  if (status === 'scheduled')
    return scheduled_until !== null && scheduled_until <= now ? { task_id, move: 'PromoteTask', revision, cause: moved_by } : undefined;
  if (parents === 0) return undefined;
  const open = firstOpen(rows, taskId);
  if (status === 'ready') return open === undefined ? undefined : { task_id, move: 'DemoteTask', revision, cause: open };
  const cause = open === undefined ? lastFinish(rows, taskId) : undefined;
  return cause === undefined ? undefined : { task_id, move: 'PromoteTask', revision, cause };
};

/** One page of all tasks that have parents. */
export const tasksWithParents = (rows: Rows, { after = '', limit }: { readonly after?: string; readonly limit: number }): readonly string[] =>
  rows.all('SELECT DISTINCT child FROM links WHERE child > ? ORDER BY child LIMIT ?', after, limit).map((row) => text(row, 0));

/** The scheduled tasks of a board whose time has come, the earliest first. */
export const dueTasks = (rows: Rows, board: string, now: Instant, limit: number): readonly string[] =>
  rows
    .all("SELECT key FROM tasks WHERE board = ? AND status = 'scheduled' AND scheduled_until <= ? ORDER BY scheduled_until LIMIT ?", board, now, limit)
    .map((row) => text(row, 0));

/** When the first scheduled task goes on; undefined when there is none. */
export const firstScheduled = (rows: Rows, board: string): Instant | undefined =>
  rows.all("SELECT min(scheduled_until) FROM tasks WHERE board = ? AND status = 'scheduled' HAVING count(*) > 0", board).map((row) => text(row, 0))[0];

const POSITION = "CAST(json_extract(doc, '$.position') AS INTEGER)";
/** Whether this task got a parent after it had a child. Where parents are made before their children, no task does. */
const linkedLate = (rows: Rows, taskId: string): boolean =>
  rows.all(`SELECT 1 WHERE (SELECT max(${POSITION}) FROM links WHERE child = ?) > (SELECT min(${POSITION}) FROM links WHERE parent = ?)`, taskId, taskId)
    .length > 0;

/** Whether a link of this task closed a cycle. Tested first is what is cheap to ask of every task: the last link of a cycle is younger than the one below it. */
export const closesCycle = (rows: Rows, taskId: string): boolean => linkedLate(rows, taskId) && hasCycle(rows, taskId);

/** Whether links lead from this task up to itself, as far as 20,000 tasks above it. */
export const hasCycle = (rows: Rows, taskId: string): boolean =>
  rows.all(
    `WITH RECURSIVE above(id) AS (SELECT parent FROM links WHERE child = ? UNION SELECT l.parent FROM above JOIN links l ON l.child = above.id LIMIT 20000)
     SELECT 1 FROM above WHERE id = ? LIMIT 1`,
    taskId,
    taskId,
  ).length > 0;
