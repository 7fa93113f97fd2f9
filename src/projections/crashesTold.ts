import { MOST_TOLD, type Told } from '../domain/board/sameError.ts';
import { boardStream } from '../domain/ids.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import { boardOf, crashes, crashIn } from './crashes.ts';
import { docOf } from './doc.ts';
import { getBoard } from './lists.ts';
import type { Rows } from './views.ts';

/** What events tell the rule of equal errors, in the order of the log. */
export const toldOf = (events: readonly RecordedEvent[], board: string): readonly Told[] =>
  events.flatMap((event): readonly Told[] => {
    const { position, stream, type, revision } = event;
    if (stream === boardStream(board) && type === 'BoardResumed') return [{ what: 'resumed', position, revision: String(revision) }];
    const crash = boardOf(event) === board ? crashIn(event) : undefined;
    return crash === undefined ? [] : [{ what: 'crash', position, crash }];
  });

/** What was told of a board so far, as far as it may still matter: that it was resumed, and the crashes since. */
export const toldBefore = (rows: Rows, board: string): readonly Told[] => {
  const resumed = getBoard(rows, board)?.resumed ?? null;
  const found = rows.all(
    'SELECT doc FROM crashes WHERE board = ? AND position > ? ORDER BY position DESC LIMIT ?',
    board,
    Number(resumed?.position ?? -1),
    MOST_TOLD,
  );
  const since = found
    .toReversed()
    .map(docOf(crashes))
    .map(({ position, crash }): Told => ({ what: 'crash', position: BigInt(position), crash }));
  return resumed === null ? since : [{ what: 'resumed', position: BigInt(resumed.position), revision: resumed.revision }, ...since];
};
