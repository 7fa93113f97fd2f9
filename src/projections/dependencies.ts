import { FINISHED } from '../domain/task/parents.ts';
import { integer, text } from '../platform/sqlite.ts';
import type { LinkRow } from './links.ts';
import type { Rows } from './views.ts';

const finished = FINISHED.map((status) => `'${status}'`).join(', ');
/** The links of `child` that still hold it back; a parent that the rows do not know counts as not finished. */
const OPEN = `FROM links l LEFT JOIN tasks p ON p.key = l.parent WHERE l.child = ? AND l.gates = 1 AND (p.status IS NULL OR p.status NOT IN (${finished}))`;

/** Every parent of a task, by id. */
export const parentsOf = (rows: Rows, taskId: string): readonly LinkRow[] =>
  rows.all('SELECT doc FROM links WHERE child = ? ORDER BY parent', taskId).map((row) => {
    const link: LinkRow = JSON.parse(text(row, 0));
    return link;
  });

/** The parents that a task still waits for: how many, and the first `limit` of them. */
export const openParents = (rows: Rows, taskId: string, limit = 10): { readonly count: number; readonly ids: readonly string[] } => ({
  count: rows.all(`SELECT count(*) ${OPEN}`, taskId).map((row) => integer(row, 0))[0] ?? 0,
  ids: rows.all(`SELECT l.parent ${OPEN} ORDER BY l.parent LIMIT ?`, taskId, limit).map((row) => text(row, 0)),
});

/** One page of the tasks that wait for this one, or waited for it; `after`: the last of the page before. */
export const childrenOf = (rows: Rows, taskId: string, { after = '', limit }: { readonly after?: string; readonly limit: number }): readonly string[] =>
  rows.all('SELECT child FROM links WHERE parent = ? AND child > ? ORDER BY child LIMIT ?', taskId, after, limit).map((row) => text(row, 0));
