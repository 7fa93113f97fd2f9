import type { Stop } from '../domain/evidence.ts';
import { instantOf } from '../domain/instant.ts';
import type { Started } from '../domain/process.ts';
import type { ProcessStop } from '../domain/processPorts.ts';
import type { Clock } from '../platform/clock.ts';
import type { ProcessTable } from '../platform/processes.ts';
import { groupOf } from './group.ts';
import { placeOf } from './place.ts';

/** How long SIGKILL may take (ms): a process in uninterruptible I/O outlives it; then the stop is not confirmed and tried again later. */
const KILL_WAIT_MS = 2000;
/** Looking for a group costs a walk through /proc: often at first, when most end, then seldom (ms). */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 100;

type Stopped = { readonly stop: Stop; readonly survivors: readonly number[] };

/**
 * Stops the group of a child of this host: SIGTERM, `grace_ms`, SIGKILL, until nobody of it is seen. Signals nobody when the group
 * lives elsewhere, is no longer the child's, or is this process's own: then nothing is confirmed, unless the child is known to be gone.
 * When the signal of the options aborts, what has been reached by then is the answer.
 */
export const processStop = ({ processes, clock }: { readonly processes: ProcessTable; readonly clock: Clock }): ProcessStop => ({
  stop: async (child, { grace_ms, signal }) => {
    const began = clock.monotonic();
    const signals: Stop['signals'] = [];
    const answer = (survivors: readonly number[], confirmed: boolean): Stopped => ({
      stop: { signals, confirmed, gone_at: confirmed ? instantOf(clock.now()) : null, took_ms: Math.round(clock.monotonic() - began) },
      survivors,
    });
    if (placeOf(processes.host, child, false) !== 'here') return answer([], false);
    const phases = [
      { name: 'SIGTERM', wait_ms: grace_ms },
      { name: 'SIGKILL', wait_ms: KILL_WAIT_MS },
    ] as const;
    for (const { name, wait_ms } of phases) {
      const members = livingOf(processes, child);
      if (members.length === 0) return answer([], true);
      if (isOwn(processes, child) || signal?.aborted === true) return answer(members, false);
      signals.push({ signal: name, at: instantOf(clock.now()) });
      processes.signalGroup(child.child.pgid, name);
      await untilGone({ processes, clock, child, wait_ms, signal });
    }
    const survivors = livingOf(processes, child);
    return answer(survivors, survivors.length === 0);
  },
});

/** A group that may not be looked at counts as living: its leader stands for it. */
const livingOf = (processes: ProcessTable, child: Started): readonly number[] => {
  const { members } = groupOf(processes, child);
  return members === 'hidden' ? [child.child.pid] : members;
};

/** A watchdog inside the child's own group must not end itself halfway through its report; groups 0 and 1 are never a child's. */
const isOwn = (processes: ProcessTable, { child: { pgid } }: Started): boolean => {
  const self = processes.entry(processes.own_pid);
  return pgid <= 1 || typeof self === 'string' || self.group === pgid;
};

type Wait = {
  readonly processes: ProcessTable;
  readonly clock: Clock;
  readonly child: Started;
  readonly wait_ms: number;
  readonly signal: AbortSignal | undefined;
};

const untilGone = async ({ processes, clock, child, wait_ms, signal }: Wait): Promise<void> => {
  const end = clock.monotonic() + wait_ms;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    const left = end - clock.monotonic();
    if (left <= 0 || signal?.aborted === true || livingOf(processes, child).length === 0) return;
    await clock.sleep(Math.min(pause, left), signal);
  }
};
