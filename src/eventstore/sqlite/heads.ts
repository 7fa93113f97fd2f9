import { type Database, integer } from '../../platform/sqlite.ts';
import type { Names } from './names.ts';

/** The last event of a stream. */
export type Head = { readonly revision: number; readonly position: number };

export type Heads = {
  /** Position of the last event of the log, 0 when it is empty. */
  readonly top: () => number;
  readonly headOf: (stream: string) => Head | undefined;
};

export const heads = (database: Database, streams: Names): Heads => {
  const top = database.prepare('SELECT max(position) FROM events');
  const head = database.prepare('SELECT revision, pos FROM heads WHERE id = ?');
  return {
    top: () => {
      const position = top.get()?.[0];
      return typeof position === 'number' ? position : 0;
    },
    headOf: (stream) => {
      const id = streams.idOf(stream);
      const row = id === undefined ? undefined : head.get(id);
      return row && { revision: integer(row, 0), position: integer(row, 1) };
    },
  };
};
