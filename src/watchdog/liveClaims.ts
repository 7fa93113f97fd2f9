import type { PolicyValues, TaskLimits } from '../domain/policy.ts';
import { nextLook } from '../domain/task/judge.ts';
import type { Claim, ClaimChange, ClaimMove } from '../projections/changes.ts';
import { column, wholes } from './column.ts';
import { deadlines } from './deadlines.ts';
import { interned } from './interned.ts';
import { type KnownProcesses, knownProcesses } from './knownProcesses.ts';
import { processColumns } from './processColumns.ts';

/**
 * The open runs of a board, as few bytes each as will say when to look again; never enough to judge. Times in ms since the epoch.
 * Whatever `due` returns has no deadline any more until a change arrives or `again` sets one.
 */
export interface LiveClaims {
  apply(change: ClaimChange): void;
  /** The policy in force on the board changed: every deadline is worked out anew. */
  use(policy: PolicyValues): void;
  /** The earliest deadline, exactly. */
  next(): number;
  /** The earliest deadline set since this was last asked: cheap, and enough to know that a timer must ring earlier. */
  soonest(): number;
  due(now: number): readonly string[];
  /** Look at this task again then, or earlier if that is what was said before; ignored when it is not held. */
  again(taskId: string, at: number): void;
  /** Since when (ms) this run makes no progress, as its stream says: known here only as not before the claim. */
  progressed(taskId: string, run: number, since: number): void;
  /** Forgets everything: the changes begin anew. */
  clear(): void;
  readonly processes: KnownProcesses;
  size(): number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** A revoked run is looked at as soon as it is known: whether its supervisor is there to stop it. */
const AT_ONCE = 0;

export const liveClaims = (): LiveClaims => {
  const slots = new Map<string, number>();
  const tasks: string[] = [];
  const at = deadlines();
  // `otherwise`: when something other than the end of the lease could matter, such as a limit on the run or its silence.
  // `progress`: since when it makes none; unset, the instant of the claim counts.
  const [runs, expires, claimed, beat, progress, otherwise] = [wholes(), column(), column(), column(), column(), column()];
  // What many claims share is kept once, what few have is kept apart.
  const limited = interned((limits: TaskLimits) => JSON.stringify(limits));
  const own = wholes();
  const revoked = new Set<number>();
  const recorded = processColumns();
  let policy: PolicyValues = {};
  let soonest = NEVER;

  const set = (slot: number, when: number): void => {
    soonest = Math.min(soonest, when);
    at.set(slot, when);
  };
  const heard = (slot: number): number | null => (Number.isNaN(beat.get(slot)) ? null : beat.get(slot));
  const workOut = (slot: number): void => {
    const last_heartbeat_at = heard(slot);
    const [claimed_at, moved_on] = [claimed.get(slot), progress.get(slot)];
    const since_claim = Number.isNaN(moved_on) ? claimed_at : moved_on;
    const progress_since = last_heartbeat_at === null ? null : since_claim;
    const times = { claimed_at, last_heartbeat_at, progress_since, claim_expires: NEVER, revoked: null };
    const task = limited.get(own.get(slot));
    otherwise.set(slot, nextLook(times, task === undefined ? { board: policy } : { task, board: policy }));
  };
  const limit = (slot: number, limits: TaskLimits): void => {
    const [before, now] = [own.get(slot), Object.keys(limits).length === 0 ? 0 : limited.take(limits)];
    limited.release(before);
    if (now !== before) own.set(slot, now);
  };
  const arm = (slot: number): void => set(slot, revoked.has(slot) ? AT_ONCE : Math.min(expires.get(slot), otherwise.get(slot)));
  const move = (slot: number, { claim_expires, last_heartbeat_at, limits, revoked: revocation }: ClaimMove): void => {
    if (claim_expires !== undefined) expires.set(slot, claim_expires);
    const first = heard(slot) === null && typeof last_heartbeat_at === 'number';
    if (last_heartbeat_at !== undefined) beat.set(slot, last_heartbeat_at ?? Number.NaN);
    if (limits !== undefined) limit(slot, limits);
    if (revocation !== undefined) mark(revoked, slot, revocation !== null);
    // Every beat but the first only moves these instants later. So they are worked out anew only when one has passed, and a beat stays cheap.
    if (limits !== undefined || first || otherwise.get(slot) <= (last_heartbeat_at ?? 0)) workOut(slot);
    arm(slot);
  };
  const open = (taskId: string, claim: Claim): void => {
    const slot = slots.get(taskId) ?? at.add(NEVER);
    slots.set(taskId, slot);
    tasks[slot] = taskId;
    runs.set(slot, claim.run);
    claimed.set(slot, claim.claimed_at);
    if (!Number.isNaN(progress.get(slot))) progress.set(slot, Number.NaN);
    const { process, started, claim_expires, last_heartbeat_at, limits, revoked: revocation } = claim;
    recorded.set(slot, process === null && started === null ? undefined : { process, started });
    move(slot, { claim_expires, last_heartbeat_at, limits, revoked: revocation });
  };
  const close = (taskId: string, slot: number): void => {
    slots.delete(taskId);
    tasks[slot] = '';
    limit(slot, {});
    revoked.delete(slot);
    recorded.set(slot, undefined);
    at.remove(slot);
  };
  return {
    apply: (change) => {
      if (change.kind === 'opened') return open(change.task_id, change.claim);
      const slot = slots.get(change.task_id);
      if (slot === undefined) return;
      if (change.kind === 'closed') return close(change.task_id, slot);
      const { run, move: moved } = change;
      if (run !== null && run !== runs.get(slot)) return;
      if (moved.started !== undefined) recorded.set(slot, { process: recorded.get(slot)?.process ?? null, started: moved.started });
      move(slot, moved);
    },
    use: (values) => {
      policy = values;
      for (const slot of slots.values()) {
        workOut(slot);
        arm(slot);
      }
    },
    next: () => at.next(),
    soonest: () => {
      const was = soonest;
      soonest = NEVER;
      return was;
    },
    due: (now) => at.due(now).map((slot) => tasks[slot] ?? ''),
    again: (taskId, when) => {
      const slot = slots.get(taskId);
      if (slot !== undefined && when < at.get(slot)) set(slot, when);
    },
    progressed: (taskId, run, since) => {
      const slot = slots.get(taskId);
      if (slot === undefined || run !== runs.get(slot)) return;
      progress.set(slot, since);
      workOut(slot);
    },
    clear: () => {
      for (const [taskId, slot] of slots) close(taskId, slot);
    },
    processes: knownProcesses({ slots, tasks, recorded }),
    size: () => at.size(),
  };
};

const mark = (set: Set<number>, slot: number, on: boolean): void => {
  if (on) set.add(slot);
  else set.delete(slot);
};
