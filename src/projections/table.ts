import type { RecordedEvent } from '../eventstore/port.ts';
import type { Database, SqlValue, Statement } from '../platform/sqlite.ts';
import { docOf } from './doc.ts';
import type { Projection } from './projection.ts';

/** The rows of one projection while a batch is folded: read when first touched, written once at the end. `begin` forgets a batch that failed. */
export type Table = { readonly begin: () => void; readonly fold: (event: RecordedEvent) => void; readonly write: () => void };

/** `key` names the row, `doc` is all of it as JSON, the other columns repeat what queries need of it. */
export const tableSchema = ({ name, columns, indexes }: Pick<Projection<unknown>, 'name' | 'columns' | 'indexes'>): string =>
  [
    `CREATE TABLE ${name}(key TEXT PRIMARY KEY, ${Object.entries(columns)
      .map(([column, type]) => `${column} ${type}, `)
      .join('')}doc TEXT NOT NULL)`,
    ...indexes.map((index, n) => `CREATE INDEX ${name}_${n} ON ${name} ${index}`),
  ].join(';\n');

/** An event that nobody of ours wrote may lack a field. */
const bindable = (value: SqlValue | undefined): SqlValue => value ?? null;

type Touched<Row> = { readonly before: Row | undefined; now: Row | undefined };

export const openTable = <Row>(database: Database, projection: Projection<Row>): Table => {
  const { name, columns, prefix, keyOf, apply, broken, indexed, outdated } = projection;
  const read = docOf(projection);
  const names = Object.keys(columns);
  const select = database.prepare(`SELECT doc FROM ${name} WHERE key = ?`);
  const all = ['key', ...names, 'doc'];
  const insert = database.prepare(`INSERT INTO ${name}(${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`);
  // An UPDATE names only the columns that changed, because SQLite touches no index whose columns it does not name: a beat names none.
  const updates = new Map<string, Statement>();
  const updateOf = (changed: readonly string[]): Statement => {
    const set = [...changed, 'doc'].map((column) => `${column} = ?`).join(', ');
    const update = updates.get(set) ?? database.prepare(`UPDATE ${name} SET ${set} WHERE key = ?`);
    updates.set(set, update);
    return update;
  };
  const touched = new Map<string, Touched<Row>>();

  const stored = (key: string): Row | undefined => {
    const found = select.get(key);
    return found === undefined ? undefined : read(found);
  };
  const touch = (key: string): Touched<Row> => {
    const known = touched.get(key);
    if (known !== undefined) return known;
    const before = stored(key);
    const fresh = { before, now: before };
    touched.set(key, fresh);
    return fresh;
  };
  const applied = (row: Row | undefined, event: RecordedEvent, key: string): Row | undefined => {
    try {
      return apply(row, event, key);
    } catch {
      return broken === undefined ? row : broken(row, event);
    }
  };
  const writeRow = (key: string, before: Row | undefined, now: Row): void => {
    const values = indexed(now).map(bindable);
    if (before === undefined) return void insert.get(key, ...values, JSON.stringify(now));
    const was = indexed(before).map(bindable);
    const changed = names.filter((_, n) => values[n] !== was[n]);
    updateOf(changed).get(...values.filter((value, n) => value !== was[n]), JSON.stringify(now), key);
  };

  const removeOutdated = (written: readonly Row[]): void => {
    if (outdated === undefined) return;
    for (const of of new Set(written.map(outdated.of))) database.prepare(`DELETE FROM ${name} ${outdated.where}`).run(of);
  };

  return {
    begin: () => touched.clear(),
    fold: (event) => {
      if (!event.stream.startsWith(prefix)) return;
      const keys = keyOf(event);
      if (keys === undefined) return;
      for (const key of typeof keys === 'string' ? [keys] : keys) {
        const row = touch(key);
        row.now = applied(row.now, event, key);
      }
    },
    write: () => {
      const written: Row[] = [];
      for (const [key, { before, now }] of touched) {
        if (now === undefined || now === before) continue;
        writeRow(key, before, now);
        written.push(now);
      }
      touched.clear();
      removeOutdated(written);
    },
  };
};
