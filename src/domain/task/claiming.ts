import { capsInForce } from '../caps.ts';
import { latest } from '../instant.ts';
import { extended, beatWithin, leaseFrom, renewed } from '../lease.ts';
import { inForce } from '../policy.ts';
import { sameJson } from '../json.ts';
import { accept, layersOf, refuse, type Decide, type Refused } from './decision.ts';
import { demoted, waitsForParents } from './dependencies.ts';
import { evidenceOf } from './evidenceOf.ts';
import { isHeldBy, notHeld, SIGN_OF_LIFE } from './fence.ts';
import type { CommandOf } from './commands.ts';
import type { DataOf, TaskEvent } from './events.ts';
import type { BoardState } from '../board/board.ts';
import { unfinishedOf } from './parents.ts';
import type { ExistingTask } from './state.ts';
import { waitAfter } from './waiting.ts';

/** Why this task may not be claimed now although it is ready; undefined: it may. */
const notYet = ({ at, worker, assignee, lingering, force }: CommandOf<'ClaimTask'>, task: ExistingTask, board: BoardState): Refused | undefined => {
  const { task_id, not_before } = task;
  if (board.paused !== null) {
    const { since, reason, by } = board.paused;
    const why = `${by === undefined ? '' : ` by ${by}`}${reason === null ? '' : ` (${reason})`}`;
    return refuse('BoardPaused', `Board ${board.board} is paused since ${since}${why}: \`holdfast board resume\` lets work go on.`, { ...board.paused });
  }
  if (not_before !== null && at < not_before)
    return refuse('NotClaimable', notBefore(task, not_before), { waiting_for: waitAfter(task.runs.at(-1)?.end), not_before });
  if (task.assignee !== null && task.assignee !== worker && task.assignee !== assignee)
    return refuse(
      'NotClaimable',
      `${task_id} is assigned to ${task.assignee}: claim it as that worker, with --worker ${task.assignee}, or \`holdfast assign ${task_id} NAME\` first.`,
      {
        waiting_for: 'assignee',
        assignee: task.assignee,
      },
    );
  if (lingering && !force)
    return refuse('StillAlive', `A process of an earlier run of ${task_id} still lives on this host: stop it first, or claim with --force.`, {
      children: task.runs.flatMap(({ run, child }) => (child === null ? [] : [{ run, pid: child.child.pid }])),
    });
  return undefined;
};

const notBefore = ({ task_id, runs, failures }: ExistingTask, not_before: string): string =>
  waitAfter(runs.at(-1)?.end) === 'cool_down'
    ? `${task_id} cools down until ${not_before}: claim it then.`
    : `${task_id} failed ${failures} in a row and backs off until ${not_before}: claim it then, or a person ends the wait with \`holdfast unblock ${task_id}\`.`;

export const claimTask: Decide<'ClaimTask'> = (command, task, board) => {
  const refused = notYet(command, task, board);
  if (refused !== undefined) return refused;
  const open = unfinishedOf(task, command.parents_seen);
  const wait = demoted(command.at, open);
  if (wait !== undefined) return { events: [wait], answer: waitsForParents(task, open) };
  const { at, worker, process, assignee } = command;
  const call = command.lease_ms === undefined ? {} : { claim_ttl_ms: command.lease_ms };
  const { value: lease_ms, source: lease_source } = inForce('claim_ttl_ms', { call, ...layersOf(task, board) });
  const run = task.runs.length + 1;
  const claim_expires = leaseFrom(at, lease_ms);
  const caps = capsInForce(command, board);
  // Field by field: V8 is slow to add fields to a copy, and to read what was made so.
  const data: DataOf<'TaskClaimed'> = { at, run, worker, lease_ms, lease_source, claim_expires, process };
  if (assignee !== null && assignee !== worker) data.assignee = assignee;
  if (caps !== undefined) data.caps = caps;
  const answer = { run, worker, lease_ms, lease_source, claim_expires, beat_within_ms: beatWithin(lease_ms), previous_runs: task.runs };
  return accept(task, [{ type: 'TaskClaimed', data }], caps === undefined ? answer : { ...answer, caps });
};

const CONTINUE = { directive: 'continue', reason: null } as const;

/** One child a run: a second one would leave the first on no record, for nobody to stop. */
export const recordWorkerStarted: Decide<'RecordWorkerStarted'> = (command, task) => {
  if (!isHeldBy(task, command)) return notHeld(task, command);
  const { at, run, worker, host, boot_id, pid_namespace, supervisor, child } = command;
  const started = { host, boot_id, pid_namespace, supervisor, child };
  const event: TaskEvent = { type: 'WorkerStarted', data: { at, run, worker, ...started } };
  const { claim_expires, last_beat, started: before } = task.run;
  const same = sameJson(started, before);
  if (!same && before !== null && command.lingering)
    return refuse('StillAlive', `Run ${run} of ${task.task_id} has a child already, pid ${before.child.pid}, and it lives.`, { run, pid: before.child.pid });
  return accept(task, same ? [] : [event], { run, claim_expires, last_heartbeat_at: last_beat?.at ?? null, ...CONTINUE });
};

type Said = Pick<DataOf<'HeartbeatRecorded'>, 'note' | 'percent' | 'checkpoint'>;
const saidOf = ({ note, percent, checkpoint }: CommandOf<'RecordHeartbeat'>): Said => {
  const said: Said = {};
  if (note !== undefined) said.note = note;
  if (percent !== undefined) said.percent = percent;
  if (checkpoint !== undefined) said.checkpoint = checkpoint;
  return said;
};

/** One fact moves both `last_heartbeat_at` and `claim_expires` (rule 1). A holder may beat past expiry until its run is revoked or over. */
export const recordHeartbeat: Decide<'RecordHeartbeat'> = (command, task) => {
  if (!isHeldBy(task, command)) return notHeld(task, command, command.checkpoint === undefined ? SIGN_OF_LIFE : saidOf(command));
  const { at, source, lease_ms } = command;
  const { run, worker, claim_expires: until, last_beat } = task.run;
  const claim_expires = renewed(until, at, lease_ms ?? task.run.lease_ms);
  const data: DataOf<'HeartbeatRecorded'> = Object.assign({ at, run, worker, source, claim_expires }, saidOf(command));
  if (lease_ms !== undefined) data.lease_ms = lease_ms;
  return accept(task, [{ type: 'HeartbeatRecorded', data }], { run, claim_expires, last_heartbeat_at: latest(last_beat?.at ?? at, at), ...CONTINUE });
};

/** The supervisor saw its child alive: the lease moves, but never past the time at which the last beat becomes stale (rule 1). */
export const extendClaim: Decide<'ExtendClaim'> = (command, task, board) => {
  if (!isHeldBy(task, command)) return notHeld(task, command);
  const { at, probe, judge } = command;
  const layers = layersOf(task, board);
  const { run, claim_expires: until, lease_ms, last_beat } = task.run;
  const last_heartbeat_at = last_beat?.at ?? null;
  const { value: heartbeat_max_stale_ms } = inForce('heartbeat_max_stale_ms', layers);
  const { claim_expires, capped } = extended({ claim_expires: until, at, lease_ms, last_heartbeat_at, heartbeat_max_stale_ms });
  const moved = claim_expires !== until;
  if (!moved && capped)
    return refuse('HeartbeatStale', `Run ${run} of ${task.task_id} has not beaten since ${last_heartbeat_at}: only a heartbeat renews its lease now.`, {
      last_heartbeat_at,
      claim_expires,
    });
  const evidence = evidenceOf({
    task,
    now: at,
    look: { probe, judge, view_behind: 0, discounted_ms: 0 },
    layers,
    uses: ['heartbeat_max_stale_ms'],
    due_at: null,
  });
  const event: TaskEvent = { type: 'ClaimExtended', data: { at, run, why: 'supervisor_alive', evidence, claim_expires } };
  return accept(task, moved ? [event] : [], { run, claim_expires, last_heartbeat_at, ...CONTINUE });
};
