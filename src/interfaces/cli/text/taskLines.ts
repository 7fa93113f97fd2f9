import { toMs } from '../../../domain/instant.ts';
import { waitAfter } from '../../../domain/task/waiting.ts';
import { claimOf } from '../../../projections/claims.ts';
import { overdueAmong, type BoardLimits } from '../../../projections/diagnostics/overdueClaims.ts';
import type { TaskRow } from '../../../projections/taskRow.ts';
import type { ListedTask } from '../../../projections/waiting.ts';
import type { Call } from '../call.ts';
import { about, age } from './ages.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { overdueBy } from '../taskView.ts';

const WAITS = { cool_down: 'cool-down over', back_off: 'back-off over' } as const;

const COLOURS: Partial<Readonly<Record<TaskRow['status'], keyof Paint>>> = {
  running: 'cyan',
  blocked: 'yellow',
  done: 'green',
  unreadable: 'red',
  archived: 'dim',
};

const NO_LIMITS: BoardLimits = { policy: {}, store_policy: {} };

/** Tasks for people, one line each; and that nobody watches, where a lease has been over for too long. */
export const taskLines = (
  tasks: readonly ListedTask[],
  now: number,
  { paint, paste }: Pick<Call, 'paint' | 'paste'>,
  limits: BoardLimits = NO_LIMITS,
): string => {
  const rows = tasks.map((task) => ({ id: task.task_id, status: task.status, what: what(task, now), title: oneLine(task.title) }));
  const widths = { status: Math.max(...rows.map(({ status }) => status.length)), what: Math.max(...rows.map((row) => row.what.length)) };
  const lines = rows.map(({ id, status, what: said, title }) => {
    const colour = COLOURS[status];
    const padded = status.padEnd(widths.status);
    return `${id}  ${colour === undefined ? padded : paint[colour](padded)}  ${said.padEnd(widths.what)}  ${title}`.trimEnd();
  });
  const overdue = overdueAmong(
    tasks.flatMap((task) => claimOf(task) ?? []),
    limits,
    { now, store_policy: limits.store_policy },
  ).filter(({ unwatched_from }) => toMs(unwatched_from) < now);
  if (overdue.length === 0) return lines.join('\n');
  return [...lines, paint.yellow(`${overdue.length} overdue for too long: nobody is watching, ${paste('holdfast serve')}`)].join('\n');
};

/** Its run was revoked, and is being stopped. */
const isStopped = ({ open_run }: ListedTask): boolean => open_run !== null && open_run.revoked !== null;

const what = (task: ListedTask, now: number): string => {
  if (task.claim_expires !== null) {
    const late = overdueBy(task.claim_expires, now);
    const lease = isStopped(task) ? 'being stopped' : late > 0 ? `overdue by ${about(late)}` : `lease ends ${age(task.claim_expires, now)}`;
    return `run ${task.run ?? '?'} ${task.worker ?? ''}, ${lease}`;
  }
  if (task.not_before !== null && toMs(task.not_before) > now && task.status === 'ready')
    return `${WAITS[waitAfter(task.last_end?.end)]} ${age(task.not_before, now)}`;
  if (task.blocked !== null) return task.blocked.by === 'breaker' ? `gave up: ${task.failures} failures` : (task.blocked.kind ?? 'created so');
  if (task.scheduled_until !== null) return `${toMs(task.scheduled_until) > now ? 'goes on' : 'due'} ${age(task.scheduled_until, now)}`;
  const open = unfinished(task);
  if (task.status === 'todo' && open > 0) return `after ${open} ${open === 1 ? 'parent' : 'parents'}`;
  if (task.assignee !== null && task.status === 'ready') return `for ${task.assignee}`;
  return age(task.updated_at, now);
};

const unfinished = ({ waiting_for }: ListedTask): number => waiting_for.flatMap((wait) => (wait.kind === 'dependencies' ? [wait.unfinished] : []))[0] ?? 0;
