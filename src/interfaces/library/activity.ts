import { openHoldfast } from '../../compose.ts';
import { systemClock } from '../../platform/clock.ts';
import { activityBridge, type Activity } from '../../worker/activityBridge.ts';
import type { EnvironmentClaim } from '../../worker/claimOfEnvironment.ts';
import { readSettings } from '../settings.ts';

type Place = { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: () => string; readonly report: (problem: string) => void };

/** `activity` for another environment than this program's. */
export const activityIn = ({ env, cwd, report }: Place): (() => Promise<Activity>) => {
  const clock = systemClock();
  const open = async ({ worker }: EnvironmentClaim) => {
    const { store, board } = readSettings({ flags: {}, env, cwd: cwd() });
    if (store === null) throw new Error('there is no store: HOLDFAST_STORE is not set, and there is no .holdfast folder upwards');
    const { board: opened } = await openHoldfast({ store: store.value, board: board.value, actor: { kind: 'agent', id: worker }, surface: 'activity', clock });
    return opened;
  };
  return activityBridge({ env, open, clock, report });
};

/**
 * A sign of life of this program, to be called as often as there is one: a heartbeat of the claim that `holdfast work` or
 * `eval "$(holdfast claim --export)"` left in its environment, at most one in min(60 s, lease / 3). Opens nothing before its first call
 * under a claim, never rejects, and tells what became of it; an environment that makes no sense is reported once as a process warning.
 */
export const activity: () => Promise<Activity> = activityIn({
  env: process.env,
  cwd: () => process.cwd(),
  report: (problem) => process.emitWarning(problem, 'HoldfastWarning'),
});
