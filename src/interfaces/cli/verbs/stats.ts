import { instantOf } from '../../../domain/instant.ts';
import { countByStatus, getBoard, waitingCounts } from '../../../projections/lists.ts';
import { listDiagnostics } from '../../../projections/diagnostics/list.ts';
import { countsOf, hintOf } from '../text/diagnosticsText.ts';
import type { Handler } from '../call.ts';
import { noSuchBoard } from '../missingBoard.ts';
import { done } from '../outcome.ts';
import { pausedText } from '../text/pausedText.ts';
import { table } from '../text/table.ts';

export const stats: Handler = async ({ open, io, settings, paste }) => {
  const board = settings.board.value;
  const { readModel, store, kind } = await open();
  const now = instantOf(io.clock.now());
  const model = await readModel();
  const { row, by_status, waiting, diagnostics } = await model.read((rows) => ({
    row: getBoard(rows, board),
    by_status: countByStatus(rows, board),
    waiting: waitingCounts(rows, { board, now }),
    diagnostics: countsOf(listDiagnostics(rows, { board, now: io.clock.now(), store_policy: kind.policy })),
  }));
  if (row === undefined) return noSuchBoard(board);
  const [head, { position }] = await Promise.all([store.head(), model.checkpoint()]);
  const data = { board, paused: row.paused, by_status, waiting, diagnostics, log_position: head, view_position: position };
  const counts = Object.entries(by_status).map(([status, count]) => [status, String(count)]);
  const hint = hintOf(diagnostics, paste);
  const paused = row.paused === null ? [] : [pausedText(row.paused, io.clock.now(), paste)];
  const firstLine = `board ${board}${row.paused === null ? '' : ', paused'}, log at ${head}`;
  const text = [firstLine, ...paused, counts.length === 0 ? 'no tasks yet' : table(counts), ...hint].join('\n');
  return done(data, text);
};
