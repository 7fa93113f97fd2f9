import type { EventStore } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';
import { openDatabase, text } from '../platform/sqlite.ts';
import type { Row, SqlValue } from '../platform/sqlite.ts';
import { openReadModel } from './readModel.ts';
import type { Progress, ReadModel } from './readModel.ts';
import { IN_MEMORY, PROJECTIONS } from './views.ts';

/** A row that is not what the log says; `fields` are the names of what differs, empty when one side has no such row. */
type Difference = {
  readonly view: string;
  readonly key: string;
  readonly kind: 'missing' | 'surplus' | 'different';
  readonly fields: readonly string[];
};
export type Comparison = {
  readonly position: bigint;
  /** The rows are kept in memory, because their file could be neither used nor mended: there is nothing stored to compare. */
  readonly in_memory: boolean;
  /** Rows compared, of all views. */
  readonly rows: number;
  readonly different: number;
  /** The first few. */
  readonly differences: readonly Difference[];
};
type CompareWithLog = {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
};

const NAMED = 10;
const ROWS_AT_ONCE = 1000;

type Ask = (sql: string, ...args: readonly SqlValue[]) => Promise<readonly Row[]> | readonly Row[];

/** Folds the whole log into fresh rows in memory and compares them with the stored ones at the same position. Mends nothing. Undefined: the signal ended it. */
export const compareWithLog = async ({ store, readModel, clock, ...rest }: CompareWithLog): Promise<Comparison | undefined> => {
  await readModel.catchUp(rest.signal && { signal: rest.signal });
  if (readModel.path() === IN_MEMORY) return { position: (await readModel.checkpoint()).position, in_memory: true, rows: 0, different: 0, differences: [] };
  const folded = await openReadModel({ store, directory: IN_MEMORY, clock });
  const stored = openDatabase({ path: readModel.path(), readonly: true });
  // One read transaction: what others write meanwhile is not seen.
  stored.exec('BEGIN');
  try {
    const position = BigInt(Number(stored.prepare('SELECT position FROM checkpoint').get()?.[0]));
    await folded.catchUp({ to: position, ...rest });
    if (rest.signal?.aborted === true) return undefined;
    const compared = await allTables(
      (sql, ...args) => stored.prepare(sql).all(...args),
      (sql, ...args) => folded.peek((rows) => rows.all(sql, ...args)),
    );
    return { position, in_memory: false, ...compared };
  } finally {
    stored.exec('ROLLBACK');
    stored.close();
    folded.close();
  }
};

const allTables = async (stored: Ask, folded: Ask): Promise<Omit<Comparison, 'position' | 'in_memory'>> => {
  const differences: Difference[] = [];
  let [rows, different] = [0, 0];
  for (const { name, columns } of Object.values(PROJECTIONS)) {
    const names = ['key', ...Object.keys(columns), 'doc'];
    for await (const [before, after] of pairs(stored, folded, `SELECT ${names.join(', ')} FROM ${name} WHERE key > ? ORDER BY key LIMIT ${ROWS_AT_ONCE}`)) {
      rows += 1;
      const difference = compareRows(name, names, before, after);
      if (difference === undefined) continue;
      different += 1;
      if (differences.length < NAMED) differences.push(difference);
    }
  }
  return { rows, different, differences };
};

/** Both tables in the order of their keys, row beside row; undefined where one has none. */
async function* pairs(stored: Ask, folded: Ask, sql: string): AsyncGenerator<readonly [Row | undefined, Row | undefined], void, void> {
  const [left, right] = [pulled(stored, sql), pulled(folded, sql)];
  let [a, b] = [await left(), await right()];
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : compareKeys(text(a, 0), text(b, 0));
    yield [order > 0 ? undefined : a, order < 0 ? undefined : b];
    [a, b] = [order > 0 ? a : await left(), order < 0 ? b : await right()];
  }
}

const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const pulled = (ask: Ask, sql: string): (() => Promise<Row | undefined>) => {
  let [page, next, after]: [readonly Row[], number, string] = [[], 0, ''];
  return async () => {
    if (next === page.length) [page, next] = [await ask(sql, after), 0];
    const row = page[next];
    next += 1;
    if (row !== undefined) after = text(row, 0);
    return row;
  };
};

const compareRows = (view: string, names: readonly string[], stored: Row | undefined, folded: Row | undefined): Difference | undefined => {
  const key = text(stored ?? folded ?? [], 0);
  if (stored === undefined) return { view, key, kind: 'missing', fields: [] };
  if (folded === undefined) return { view, key, kind: 'surplus', fields: [] };
  const columns = names.filter((name, n) => name !== 'doc' && stored[n] !== folded[n]);
  const [a, b] = [text(stored, names.length - 1), text(folded, names.length - 1)];
  if (columns.length === 0 && a === b) return undefined;
  return { view, key, kind: 'different', fields: [...new Set([...columns, ...fieldsThatDiffer(a, b)])] };
};

const fieldsThatDiffer = (a: string, b: string): readonly string[] => {
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  if (left === undefined || right === undefined) return ['doc'];
  return Object.keys({ ...left, ...right }).filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
};

const fieldsOf = (doc: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const fields: Readonly<Record<string, unknown>> = JSON.parse(doc);
    return fields;
  } catch {
    return undefined;
  }
};
