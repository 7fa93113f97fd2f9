import { instantOf } from '../../domain/instant.ts';
import type { Probe, Started } from '../../domain/process.ts';
import type { ProcessStop } from '../../domain/processPorts.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Supervision } from './supervision.ts';

export type Stopped = Awaited<ReturnType<ProcessStop['stop']>>;
/** `pid`: undefined when nothing was started. `started`: null where processes cannot be told apart. */
export type OwnChild = { readonly pid: number | undefined; readonly started: Started | null };

/** How long SIGKILL may take (ms). */
const KILL_WAIT_MS = 2000;

/** What can be seen of the child now. Where the system shows no start times, the group of that id is taken for ours: nobody else could have reaped its leader. */
export const lookAt = ({ pid, started }: OwnChild, { probe }: Pick<Supervision, 'probe'>): Probe => {
  if (started !== null) return probe.look({ process: null, started });
  const alive = pid !== undefined && signalGroup(pid, 0);
  return {
    process: alive ? 'alive' : 'dead',
    supervisor: 'alive',
    other_boot: false,
    dead_since: null,
    looked_at: [pid === undefined ? 'nothing was started' : `group ${pid} of this supervisor: ${alive ? 'alive' : 'gone'}`],
  };
};

/** Stops all of the child's group that lives. Nothing is sent when nothing lives. */
export const stopChild = async (own: OwnChild, deps: Pick<Supervision, 'probe' | 'stop' | 'clock'>, graceMs: number): Promise<Stopped> => {
  if (own.started !== null) return deps.stop.stop(own.started, { grace_ms: graceMs });
  return stopUnrecorded(own, deps, graceMs);
};

/** The same where processes cannot be told apart, for the one group that we know to be ours. */
const stopUnrecorded = async (own: OwnChild, deps: Pick<Supervision, 'probe' | 'clock'>, graceMs: number): Promise<Stopped> => {
  const { clock } = deps;
  const began = clock.monotonic();
  const signals: Stopped['stop']['signals'] = [];
  const lives = (): boolean => lookAt(own, deps).process === 'alive';
  const { pid } = own;
  for (const { signal, wait } of [
    { signal: 'SIGTERM', wait: graceMs },
    { signal: 'SIGKILL', wait: KILL_WAIT_MS },
  ] as const) {
    if (pid === undefined || !lives()) break;
    signals.push({ signal, at: instantOf(clock.now()) });
    signalGroup(pid, signal);
    await untilNot(lives, wait, clock);
  }
  const survived = pid !== undefined && lives();
  const stop = { signals, confirmed: !survived, gone_at: survived ? null : instantOf(clock.now()), took_ms: Math.round(clock.monotonic() - began) };
  return { stop, survivors: survived ? [pid] : [] };
};

const LOOK_MS = 50;
const untilNot = async (lives: () => boolean, ms: number, clock: Clock): Promise<void> => {
  const end = clock.monotonic() + ms;
  while (lives() && clock.monotonic() < end) await clock.sleep(LOOK_MS);
};

const signalGroup = (pgid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean => {
  try {
    return process.kill(-pgid, signal);
  } catch {
    return false;
  }
};
