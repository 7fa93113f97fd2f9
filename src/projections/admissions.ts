import { nameOf, overCap, type OpenRuns, type OverCap } from '../domain/caps.ts';
import { taskIdOfStream } from '../domain/ids.ts';
import { TaskClaimed } from '../domain/task/events.ts';
import { RUN_ENDS } from '../domain/task/reach.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import { integer } from '../platform/sqlite.ts';
import type { Database, Row } from '../platform/sqlite.ts';
import type { Projection } from './projection.ts';
import type { Table } from './table.ts';

/** An open run. `over`: the cap that its claim was over; it is not admitted then, counts for nobody, and its claimant gives it back. */
export type AdmissionRow = { readonly board: string; readonly run: number; readonly name: string; readonly over: OverCap | null };

/** One row per open run of every board, the key its task: what rule 11 counts. The only fold that looks at other rows, so the order of the log is all. */
export const admissions = {
  name: 'admissions',
  fold: 1,
  columns: { board: 'TEXT', name: 'TEXT', admitted: 'INTEGER' },
  indexes: ['(board, name) WHERE admitted = 1'],
} as const satisfies Pick<Projection<AdmissionRow>, 'name' | 'fold' | 'columns' | 'indexes'>;

/** How many admitted runs of a board are open, and how many of them are in one name. */
export const OPEN_RUNS = 'SELECT count(*), count(*) FILTER (WHERE name = ?) FROM admissions WHERE board = ? AND admitted = 1';
export const openRunsIn = (row: Row = []): OpenRuns => ({ board: integer(row, 0), assignee: integer(row, 1) });

const Claimed = TaskClaimed.shape.data.pick({ run: true, worker: true, assignee: true, caps: true });

export const openAdmissions = (database: Database): Table => {
  const insert = database.prepare(
    'INSERT INTO admissions(key, board, name, admitted, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET board = excluded.board, name = excluded.name, admitted = excluded.admitted, doc = excluded.doc',
  );
  const remove = database.prepare('DELETE FROM admissions WHERE key = ?');
  const count = database.prepare(OPEN_RUNS);
  // A run that begins and ends in one batch is never written.
  const pending = new Map<string, AdmissionRow | null>();

  const write = (): void => {
    for (const [key, row] of pending) {
      if (row === null) remove.run(key);
      else insert.get(key, row.board, row.name, row.over === null ? 1 : 0, JSON.stringify(row));
    }
    pending.clear();
  };
  const openIn = (board: string, name: string): OpenRuns => {
    write();
    return openRunsIn(count.get(name, board));
  };
  const claimed = (event: RecordedEvent): void => {
    const claim = Claimed.safeParse(event.data);
    const board = event.metadata['board'];
    if (!claim.success || typeof board !== 'string') return; // not written by a board of ours
    const { run, caps } = claim.data;
    const name = nameOf(claim.data);
    pending.set(taskIdOfStream(event.stream), { board, run, name, over: caps === undefined ? null : overCap(caps, name, openIn(board, name)) });
  };

  return {
    begin: () => pending.clear(),
    fold: (event) => {
      if (event.type === 'TaskClaimed') claimed(event);
      else if (RUN_ENDS.has(event.type)) pending.set(taskIdOfStream(event.stream), null);
    },
    write,
  };
};
