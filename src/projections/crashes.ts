import type { Crash } from '../domain/board/crash.ts';
import { crashOf } from '../domain/board/crashOf.ts';
import { MOST_TOLD } from '../domain/board/sameError.ts';
import { taskIdOfStream } from '../domain/ids.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';

export type CrashRow = { readonly board: string; readonly position: string; readonly crash: Crash };

const ENDS: ReadonlySet<string> = new Set(['RunFailed', 'TaskReclaimed']);

/** The board that an event belongs to, as its metadata say. */
export const boardOf = ({ metadata }: RecordedEvent): string | undefined => (typeof metadata['board'] === 'string' ? metadata['board'] : undefined);

/** The crash that a stored event tells of; undefined: none, or of a later version. */
export const crashIn = (event: RecordedEvent): Crash | undefined => {
  if (!ENDS.has(event.type)) return undefined;
  const told = decodeTaskEvent(event);
  return 'unreadable' in told ? undefined : crashOf(told, { ...event, task_id: taskIdOfStream(event.stream) });
};

/** One row per run that crashed. Of each board only the newest are kept, as many as can ever count. */
export const crashes: Projection<CrashRow> = {
  name: 'crashes',
  fold: 2,
  prefix: 'task-',
  columns: { board: 'TEXT', position: 'INTEGER' },
  indexes: ['(board, position)'],
  keyOf: ({ type, stream, revision }) => (ENDS.has(type) ? `${stream}/${revision}` : undefined),
  apply: (row, event) => {
    const [board, crash] = [boardOf(event), crashIn(event)];
    return board === undefined || crash === undefined ? row : { board, position: String(event.position), crash };
  },
  indexed: ({ board, position }) => [board, Number(position)],
  outdated: {
    of: ({ board }) => board,
    where: `WHERE board = ?1 AND position <= (SELECT position FROM crashes WHERE board = ?1 ORDER BY position DESC LIMIT 1 OFFSET ${MOST_TOLD})`,
  },
};
