import type { Board, StoredTaskEvent } from '../../board/board.ts';
import { replay } from '../../audit/replay.ts';
import type { Point } from '../../audit/replay.ts';
import { instantOf, toMs } from '../../domain/instant.ts';
import type { TaskState } from '../../domain/task/state.ts';
import type { Call } from './call.ts';
import { UsageError } from './errors.ts';
import { isDay } from './line/pointInTime.ts';
import { failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';

const FORMS = 'a time such as 2026-11-21T09:05:00Z, or a whole number';
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** `--at`: a whole number is a revision of one task or a position of the board's log; anything else a time, at most `now` (ms). @throws UsageError */
export const pointOf = (text: string, number: 'revision' | 'position', now: number): Point => {
  if (/^\d+$/.test(text)) return number === 'revision' ? { by: 'revision', revision: BigInt(text) } : { by: 'position', position: BigInt(text) };
  const ms = TIME.test(text) && isDay(text) ? toMs(zoned(text)) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(`--at ‘${text}’ is not allowed: it takes ${FORMS} (the ${number})`, { option: '--at', value: text, allowed: FORMS });
  if (ms > now) throw new UsageError(`--at ‘${text}’ is yet to come: it is ${instantOf(now)}`, { option: '--at', value: text, now: instantOf(now) });
  return { by: 'time', at: instantOf(ms) };
};

/** Without a zone it is UTC, as everything that is printed. */
const zoned = (text: string): string => {
  const withT = text.replace(' ', 'T');
  return withT.includes('T') && !/(Z|[+-]\d{2}:?\d{2})$/.test(withT) ? `${withT}Z` : withT;
};

/** What has not happened yet is not shown as what is. undefined when the point is not beyond the end. */
export const noSuchRevision = (task_id: string, history: readonly StoredTaskEvent[], point: Point): Outcome | undefined => {
  const last = history.at(-1)?.revision;
  if (point.by !== 'revision' || last === undefined || point.revision <= last) return undefined;
  return failed('NotFound', `${task_id} has no revision ${point.revision}; its last is ${last}`, { task_id, last_revision: last });
};

/** One task as it was, and the time that was now then. */
export const stateAt = async (
  { io }: Pick<Call, 'io'>,
  board: Board,
  taskId: string,
  text: string,
): Promise<{ readonly task: TaskState; readonly now: number } | Outcome> => {
  const point = pointOf(text, 'revision', io.clock.now());
  const history = await board.history(taskId);
  const beyond = noSuchRevision(taskId, history, point);
  if (beyond !== undefined) return beyond;
  const task = replay(history, point);
  if (point.by === 'time') return { task, now: toMs(point.at) };
  return { task, now: task.status === 'absent' ? io.clock.now() : toMs(task.updated_at) };
};
