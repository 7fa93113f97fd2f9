import type { Board, StoredTaskEvent, UnreadableEvent } from '../../../board/board.ts';
import { cursors } from '../../../board/cursor.ts';
import { detailOf } from '../../../audit/detail.ts';
import { TaskEvent } from '../../../domain/task/events.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../../../domain/nearest.ts';
import { missingBoard } from '../missingBoard.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import { streamed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { oneLine, printable } from '../text/printable.ts';
import { jsonText } from '../render.ts';
import { checkedId, exists } from '../task.ts';

/** History, then with --follow what happens next, up to --limit of them; a line each, and under --json one that says that history is done. */
export const events: Handler = async (call) => {
  const { args, io } = call;
  const types = args.texts('type').map(checkedType);
  const tasks = args.texts('task').map(checkedId);
  const opened = await call.open();
  const stranger = await missing(opened.board, tasks);
  if (stranger !== undefined) return stranger;
  const cursor = cursors({ store: opened.store });
  const after = await cursor.after(args.text('after') ?? 'start');
  const stop = new AbortController();
  const signal = AbortSignal.any([io.stopped(), stop.signal]);
  const wanted = (event: StoredTaskEvent): boolean =>
    (types.length === 0 || types.includes(event.type)) && (tasks.length === 0 || tasks.includes(event.task_id));
  let left = limitOf(args.number('limit'));
  for await (const batch of opened.board.follow({ after, signal })) {
    const shown = batch.events.filter(wanted).slice(0, left);
    for (const event of shown) io.out(`${lineOf(call, event, batch.events, call.json ? await cursor.of(event.position, event.id) : '')}\n`);
    for (const event of batch.unreadable) tellUnreadable(call, event);
    left -= shown.length;
    if (left === 0) break;
    if (!batch.caught_up) continue;
    if (call.json) io.out(`${jsonText({ caught_up: true, cursor: await cursor.at(batch.position) })}\n`);
    if (!args.flag('follow')) stop.abort();
  }
  return streamed();
};

/** Nobody waits for what will never happen: the board, or a task of it, that is not there. */
const missing = async (board: Board, tasks: readonly string[]): Promise<Outcome | undefined> => {
  for (const task_id of tasks) {
    const task = await board.load(task_id).catch(() => null); // unreadable: there it is
    const stranger = task === null ? undefined : exists(task) ? await notOnThis(board, task_id, task.board) : await missingTask(board, task_id);
    if (stranger !== undefined) return stranger;
  }
  return missingBoard(board);
};

/** On stdout under --json, where a program reads it; a person is warned beside the lines. */
const tellUnreadable = ({ json, io }: Call, event: UnreadableEvent): void => {
  if (json) io.out(`${jsonText({ unreadable: event })}\n`);
  else io.err(`${event.task_id} revision ${event.revision}: this version cannot read ${event.type}; upgrade holdfast\n`);
};

const lineOf = ({ json, paint, io }: Call, event: StoredTaskEvent, around: readonly StoredTaskEvent[], cursor: string): string => {
  if (json) return jsonText({ ...event, cursor });
  const { kind, id } = event.metadata.actor;
  const run = 'run' in event.data && event.data.run !== null ? `run ${event.data.run} ` : '';
  const line =
    `${event.data.at.slice(0, 23).replace('T', ' ')}  ${event.task_id}  ${paint.bold(event.type)}  ${kind}:${id}  ${run}${oneLine(detailOf(event, around))}`.trimEnd();
  return printable(line, io.terminal);
};

const limitOf = (given: number | undefined): number => {
  if (given !== undefined && given < 1) throw new UsageError(`--limit ‘${given}’ is not allowed: it takes 1 or more`, { option: '--limit', value: given });
  return given ?? Number.POSITIVE_INFINITY;
};

const TYPES = TaskEvent.options.map(({ shape }): string => shape.type.value);

const checkedType = (type: string): string => {
  if (TYPES.includes(type)) return type;
  const guess = nearest(type, TYPES);
  throw new UsageError(`There is no event type ‘${type}’.${guess === undefined ? '' : ` Did you mean ${guess}?`} There are: ${TYPES.join(', ')}`, {
    value: type,
    allowed: TYPES,
  });
};
