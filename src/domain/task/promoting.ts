import type { CommandOf } from './commands.ts';
import { accept, refuse, type Decide, type Refused } from './decision.ts';
import { demoted, finishedBecause, waitsForParents } from './dependencies.ts';
import type { TaskEvent } from './events.ts';
import type { Instant } from '../instant.ts';
import { unfinishedOf, type Because } from './parents.ts';
import type { ExistingTask } from './state.ts';

const nothing = (task: ExistingTask) => accept(task, [], { repeated: true });

/** Why it may go on: its time has come, its parents are finished, or somebody says so. undefined: it may not. */
const reasonFor = ({ at, by, reason, parents_seen }: CommandOf<'PromoteTask'>, task: ExistingTask): Because | undefined => {
  if (by === 'operator') return { by, reason };
  if (task.status === 'scheduled') return at < task.scheduled_until ? undefined : { by: 'schedule', until: task.scheduled_until };
  return finishedBecause(task, parents_seen);
};

/** From waiting to ready, or from its schedule to waiting for its parents. */
export const promoteTask: Decide<'PromoteTask'> = (command, task) => {
  const { at, force, parents_seen } = command;
  const open = unfinishedOf(task, parents_seen);
  const because = reasonFor(command, task);
  if (task.status === 'ready' || because === undefined) return nothing(task);
  const waits = open.length > 0 && !force;
  if (waits && task.status === 'todo') return because.by === 'operator' ? { events: [], answer: waitsForParents(task, open) } : nothing(task);
  const waived = open.length > 0 && force ? { waived: open.map(({ task_id }) => task_id) } : {};
  const event: TaskEvent = { type: 'TaskPromoted', data: { at, to: waits ? 'todo' : 'ready', because, ...waived } };
  return accept(task, [event], {});
};

export const demoteTask: Decide<'DemoteTask'> = ({ at, parents_seen }, task) => {
  const wait = task.status === 'ready' ? demoted(at, unfinishedOf(task, parents_seen)) : undefined;
  return wait === undefined ? nothing(task) : accept(task, [wait], {});
};

/** Waiting for a time that is over is a mistake, not a wish. undefined: it lies ahead. */
export const isOver = (field: string, until: Instant, at: Instant): Refused | undefined => {
  if (until > at) return undefined;
  const problem = `${until} is over; it takes a time after now, ${at}`;
  return refuse('InvalidInput', `${field}: ${problem}`, { issues: [{ field, given: until, problem }] });
};

export const scheduleTask: Decide<'ScheduleTask'> = ({ at, until, reason }, task) => {
  const refused = isOver('until', until, at);
  if (refused !== undefined) return refused;
  if (task.status === 'scheduled' && task.scheduled_until === until) return accept(task, [], { repeated: true, scheduled_until: until });
  return accept(task, [{ type: 'TaskScheduled', data: { at, until, reason } }], { scheduled_until: until });
};
