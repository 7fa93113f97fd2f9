import type { Instant } from '../instant.ts';
import { RECLAIM_REASONS, SAYS_GONE } from '../outcomes.ts';
import type { StaleRun } from './answers.ts';
import { refuse, type Refused } from './decision.ts';
import type { TaskEvent } from './events.ts';
import type { EndingEvent } from './reach.ts';
import type { EndedRun, ExistingTask, Kept, OpenRun, RunningTask } from './state.ts';

/** What a worker command carries. `run` null: it named none. */
type Sender = { readonly type: string; readonly at: Instant; readonly run: number | null; readonly worker: string | null };
/** What is worth keeping of a command that comes too late; null: nothing. */
type Payload = Readonly<Record<string, unknown>> | null;
/** A beat without a payload: nothing to salvage, but proof that the worker lived when a verdict said otherwise. Kept once, if nothing else of the run is. */
export const SIGN_OF_LIFE: Payload = {};

/** Rule 2: the run and the worker are those of the open, unrevoked run. */
export const isHeldBy = (task: ExistingTask, { run, worker }: Sender): task is RunningTask =>
  task.status === 'running' && task.run.revoked === null && task.run.run === run && task.run.worker === worker;

const endedRun = (task: ExistingTask, { run, worker }: Sender): EndedRun | undefined => task.runs.find((over) => over.run === run && over.worker === worker);

/** The same worker already ended this run with the same kind of command: repeating it changes nothing and is no error. */
export const alreadyEndedBy = (task: ExistingTask, sender: Sender, ended_by: EndingEvent): boolean => endedRun(task, sender)?.ended_by === ended_by;

/** The sender's own run, over or revoked; undefined when it never had one. */
const ownRun = (task: ExistingTask, sender: Sender): EndedRun | OpenRun | undefined => {
  if (task.status === 'running' && task.run.run === sender.run && task.run.worker === sender.worker) return task.run;
  return endedRun(task, sender);
};

/** Whether the run was taken away because its worker was thought silent or gone. */
const saidGone = (own: EndedRun | OpenRun): boolean => {
  const reason = 'ended_revision' in own ? (own.ended_by === 'TaskReclaimed' ? own.end : null) : (own.revoked?.reason ?? null);
  return RECLAIM_REASONS.some((known) => known === reason && SAYS_GONE[known]);
};

const keep = (
  task: ExistingTask,
  own: EndedRun | OpenRun,
  { type, at }: Sender,
  payload: Payload,
): { readonly events: readonly TaskEvent[]; readonly kept: Kept | undefined } => {
  const before = own.kept.find(({ command, bare }) => command === type && bare === undefined);
  if (payload === null || before !== undefined) return { events: [], kept: before };
  const bare = payload === SIGN_OF_LIFE;
  if (bare && (own.kept.length > 0 || !saidGone(own))) return { events: [], kept: undefined };
  const ended_revision = 'ended_revision' in own ? own.ended_revision : null;
  const current_run = task.status === 'running' && task.run.revoked === null ? task.run.run : null;
  const data = { at, run: own.run, worker: own.worker, command: type, payload, current_run, ended_revision };
  return { events: [{ type: 'StaleCommandRefused', data }], kept: bare ? undefined : { command: type, revision: String(task.revision + 1) } };
};

const whatHappened = (task: ExistingTask, sender: Sender, own: EndedRun | OpenRun | undefined): string => {
  if (own === undefined) {
    const open = task.status === 'running' && task.run.run === sender.run;
    return open ? `Run ${sender.run} of ${task.task_id} is not held by ${sender.worker}` : `${task.task_id} has no run ${sender.run} of ${sender.worker}`;
  }
  if ('ended_revision' in own) return `Run ${own.run} of ${task.task_id} ended at ${own.ended_at} (${own.end})`;
  return `Run ${own.run} of ${task.task_id} was taken back at ${own.revoked?.at} (${own.revoked?.reason})`;
};

/** Rule 2's no: who holds the task now, why the run ended, and where the result is kept. */
const stale = (task: ExistingTask, sender: Sender, payload: Payload): Refused => {
  const own = ownRun(task, sender);
  const { events, kept } = own === undefined ? { events: [], kept: undefined } : keep(task, own, sender, payload);
  const holder = task.status === 'running' && task.run.revoked === null ? task.run : null;
  const now = holder === null ? `nobody holds the task now, it is ${task.status}` : `${holder.worker} holds the task since ${holder.claimed_at}`;
  const result = kept === undefined ? 'stop' : `stop; your ${kept.command} is kept at revision ${kept.revision}`;
  const ended = own !== undefined && 'ended_revision' in own ? own : null;
  const revoked = own !== undefined && 'revoked' in own ? own.revoked : null;
  const answer: StaleRun = {
    ok: false,
    code: 'StaleRun',
    message: `${whatHappened(task, sender, own)}; ${now}: ${result}.`,
    directive: 'stop',
    current_run: holder?.run ?? null,
    holder: holder?.worker ?? null,
    held_since: holder?.claimed_at ?? null,
    reason: ended?.end ?? revoked?.reason ?? null,
    ended_at: ended?.ended_at ?? revoked?.at ?? null,
    kept_at_revision: kept?.revision ?? null,
  };
  return { events, answer };
};

/** The answer to a worker command from somebody who does not hold the open run. */
export const notHeld = (task: ExistingTask, sender: Sender, payload: Payload = null): Refused => {
  if (sender.run !== null) return stale(task, sender, payload);
  if (task.status === 'running')
    return refuse(
      'RunRequired',
      `${task.task_id} is held by ${task.run.worker}: name the run that you hold with --run and --worker, or take it back with \`holdfast reclaim ${task.task_id}\`.`,
    );
  return refuse('NotRunning', `${task.task_id} is ${task.status} and has no open run: claim it first with \`holdfast claim ${task.task_id}\`.`);
};
