import { toMs } from '../../../domain/instant.ts';
import { durationText } from '../../../domain/duration.ts';
import type { WaitingFor } from '../../../domain/waitingFor.ts';
import { about, withAge } from './ages.ts';
import type { Call } from '../call.ts';
import type { Paste } from '../paste.ts';
import type { TaskView } from '../taskView.ts';
import { waitCommand, waitText } from './waitText.ts';

/** One task for people: only lines that say something, and what to type next. */
export const taskText = (task: TaskView, now: number, { paint, paste }: Pick<Call, 'paint' | 'paste'>): string => {
  const rows = [...stateRows(task, now, { paint, paste }), ...factRows(task, now)];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [`${paint.bold(task.task_id)}  "${task.title}"`, ...rows.map(([name, text]) => `  ${paint.dim(name.padEnd(width))}  ${text}`), nextStep(task, paste)]
    .filter((line) => line !== '')
    .join('\n');
};

type Row = readonly [name: string, text: string];

const stateRows = (task: TaskView, now: number, { paint, paste }: Pick<Call, 'paint' | 'paste'>): readonly Row[] => {
  const { run, claim_expires, waiting_for, last_heartbeat_at, progress } = task;
  if (run === null || claim_expires === null)
    return [['status', statusOf(task)], ...waiting_for.map((wait) => ['waits for', `${waitText(wait, now, task.board)}${lastError(wait, task)}`] as const)];
  const said = [
    progress?.note === null || progress === null ? '' : `"${progress.note}"`,
    progress?.percent === null || progress === null ? '' : `${progress.percent} %`,
  ];
  return [
    ['status', `running, run ${run} by ${task.worker ?? ''} since ${withAge(task.claimed_at ?? claim_expires, now)}`],
    ['lease', `${durationText(task.lease_ms ?? 0)} (${task.lease_source ?? ''}), until ${withAge(claim_expires, now)}`],
    ...overdueRow(task, now, paste).map(([name, text]) => [name, paint.yellow(text)] as const),
    ['last beat', last_heartbeat_at === null ? 'none yet' : [withAge(last_heartbeat_at, now), ...said].filter((part) => part !== '').join(', ')],
    ...(task.revoked === null ? [] : ([['revoked', `${task.revoked.reason}, the worker is being stopped`]] as const)),
  ];
};

const lastError = (wait: WaitingFor, { last_error }: TaskView): string =>
  wait.kind === 'back_off' && last_error !== null ? `: ${last_error.slice(0, 200)}` : '';

const overdueRow = ({ overdue_ms, unwatched_from, unwatched_after }: TaskView, now: number, paste: Paste): readonly Row[] => {
  if (overdue_ms === 0 || unwatched_from === null || unwatched_after === null) return [];
  if (toMs(unwatched_from) <= now) return [['overdue', `by ${about(overdue_ms)}: nobody is watching, ${paste('holdfast serve')}`]];
  const after = Object.entries(unwatched_after).flatMap(([limit, ms]) => (ms === 0 ? [] : [`${limit.replace(/_ms$/, '')} ${durationText(ms)}`]));
  return [['overdue', `by ${about(overdue_ms)}; counts as unwatched from ${withAge(unwatched_from, now)}: ${['lease', ...after].join(' + ')}`]];
};

const statusOf = ({ status, result }: TaskView): string => (status === 'done' && result?.summary != null ? `done: ${result.summary}` : status);

const SHOWN_PARENTS = 10;
const parentsText = (parents: TaskView['parents']): string => {
  const shown = parents
    .slice(0, SHOWN_PARENTS)
    .map(({ task_id, status, waived }) => `${task_id}${status === null ? '' : ` ${status}`}${waived ? ' (waived)' : ''}`);
  return `${shown.join(', ')}${parents.length > SHOWN_PARENTS ? ` and ${parents.length - SHOWN_PARENTS} more` : ''}`;
};

const factRows = (task: TaskView, now: number): readonly Row[] => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['labels', task.labels.length === 0 ? null : task.labels.join(', ')],
    ['assignee', task.assignee],
    ['priority', task.priority === 0 ? null : String(task.priority)],
    ['failures', task.failures === 0 ? null : `${task.failures} in a row${task.last_error === null ? '' : `; the last: ${task.last_error.slice(0, 200)}`}`],
    ['parents', task.parents.length === 0 ? null : parentsText(task.parents)],
    ['body', task.body],
    ['input', task.input === null ? null : JSON.stringify(task.input)],
    ['runs', task.previous_runs.length === 0 ? null : task.previous_runs.map(({ run, worker, end }) => `${run} ${worker} ${end}`).join('; ')],
    ['created', withAge(task.created_at, now)],
    ['changed', task.updated_at === task.created_at ? null : withAge(task.updated_at, now)],
    ['revision', task.revision],
  ];
  return rows.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]));
};

const nextStep = ({ status, task_id, previous_runs, waiting_for, started }: TaskView, paste: Paste): string => {
  const [wait] = waiting_for;
  const command = wait === undefined ? null : waitCommand(wait, task_id);
  if (command !== null) return `next: ${paste(command)}${wait !== undefined && 'until' in wait ? ', to end the wait now' : ''}`;
  if (status === 'ready') return `next: ${paste(`holdfast claim ${task_id}`)}`;
  if (status === 'todo') return `next: ${paste(`holdfast promote ${task_id}`)}`;
  if (started !== null) return `next: ${paste(`holdfast log ${task_id} --follow`)}`;
  return previous_runs.some(({ end }) => end !== 'completed') ? `next: ${paste(`holdfast why ${task_id}`)}` : '';
};
