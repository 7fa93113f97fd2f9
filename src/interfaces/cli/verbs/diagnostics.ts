import type { Opened } from '../open.ts';
import { SEVERITIES, type Diagnostic, type Severity } from '../../../projections/diagnostics/diagnostic.ts';
import { diagnosticChanges } from '../../../projections/diagnostics/diagnosticChanges.ts';
import { allClaims, overdueAmong } from '../../../projections/diagnostics/overdueClaims.ts';
import { listDiagnostics } from '../../../projections/diagnostics/list.ts';
import { getBoard, getTask } from '../../../projections/lists.ts';
import type { Call, Handler } from '../call.ts';
import { toMs } from '../../../domain/instant.ts';
import { overdueClaimsText } from '../text/overdueText.ts';
import { changeLine, countsOf, diagnosticsText } from '../text/diagnosticsText.ts';
import { noSuchBoard } from '../missingBoard.ts';
import { noSuchTask, notOnThis } from '../missingTask.ts';
import { done, streamed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { pausedText } from '../text/pausedText.ts';
import { printable } from '../text/printable.ts';
import { jsonText } from '../render.ts';
import { checkedId } from '../task.ts';

type Asked = { readonly task_id?: string; readonly severity?: Severity };

/** What a person should look at; with --follow what becomes of it, too. */
export const diagnostics: Handler = async (call) => {
  const { args, io, settings, paint } = call;
  const asked = askedOf(call);
  const board = settings.board.value;
  const opened = await call.open();
  const readModel = await opened.readModel();
  const now = io.clock.now();
  const { row, task, found, claims } = await readModel.read((rows) => ({
    row: getBoard(rows, board),
    task: asked.task_id === undefined ? undefined : getTask(rows, asked.task_id),
    found: listDiagnostics(rows, { ...asked, board, now, store_policy: opened.kind.policy }),
    claims: allClaims(rows, board).filter(({ task_id, revoked }) => revoked === null && (asked.task_id ?? task_id) === task_id),
  }));
  if (row === undefined) return noSuchBoard(board);
  if (asked.task_id !== undefined && task === undefined) return noSuchTask(asked.task_id, `on board ${board}`);
  const stranger = task && (await notOnThis(opened.board, task.task_id, task.board));
  if (stranger !== undefined) return stranger;
  if (args.flag('follow')) return follow(call, opened, asked);
  const shown = found.map((diagnostic) => remedied(diagnostic, call));
  const pause = row.paused === null ? [] : [paint.yellow(`the board is ${pausedText(row.paused, now, call.paste)}`)];
  const overdue = overdueAmong(claims, row, { now, store_policy: opened.kind.policy });
  const soon = overdueClaimsText(
    overdue.filter(({ unwatched_from }) => toMs(unwatched_from) > now),
    claims.length,
    now,
  );
  const late = soon === undefined ? [] : [soon];
  const said = shown.length > 0 ? [diagnosticsText(shown, now, paint)] : pause.length + late.length > 0 ? [] : ['nothing to report'];
  return done({ board, paused: row.paused, diagnostics: shown, counts: countsOf(shown), overdue }, [...pause, ...said, ...late].join('\n'));
};

const askedOf = ({ args }: Call): Asked => {
  const task = args.text('task');
  const severity = SEVERITIES.find((known) => known === args.text('severity'));
  return { ...(task === undefined ? {} : { task_id: checkedId(task) }), ...(severity === undefined ? {} : { severity }) };
};

/** One line per change until a signal: text, or NDJSON with a line that says that what there was has been told. */
const follow = async (call: Call, opened: Opened, asked: Asked): Promise<Outcome> => {
  const { io, settings, json, paint } = call;
  const readModel = await opened.readModel();
  const options = { readModel, clock: io.clock, board: settings.board.value, store_policy: opened.kind.policy, signal: io.stopped(), ...asked };
  let live = false;
  for await (const { changes, caught_up, position } of diagnosticChanges(options)) {
    for (const { change, diagnostic } of changes) {
      const told = { change, diagnostic: remedied(diagnostic, call) };
      io.out(`${json ? jsonText(told) : printable(changeLine(told, paint), io.terminal)}\n`);
    }
    if (json && caught_up && !live) io.out(`${jsonText({ caught_up, position })}\n`);
    live ||= caught_up;
  }
  return streamed();
};

const remedied = (diagnostic: Diagnostic, { paste }: Pick<Call, 'paste'>): Diagnostic => ({
  ...diagnostic,
  remedies: diagnostic.remedies.map(({ command, means }) => ({ command: paste(command), means })),
});
