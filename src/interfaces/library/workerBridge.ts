import { openHoldfast } from '../../compose.ts';
import { StoreUnavailable } from '../../eventstore/errors.ts';
import { systemClock, type Clock } from '../../platform/clock.ts';
import { jsonLog } from '../../platform/log.ts';
import { isServer } from '../../storeKind.ts';
import { activityBridge, type OpenedBoard } from '../../worker/bridge/activityBridge.ts';
import type { EnvironmentClaim } from '../../worker/bridge/claimOfEnvironment.ts';
import { runReports } from '../../worker/bridge/runReport.ts';
import { readSettings } from '../settings.ts';

/** What `holdfast/worker` loads when it is used under a run: the worker's words about the run in this program's environment. */
export const workerBridge = () => {
  const { env } = process;
  const once = new Set<string>();
  const warn = (problem: string): void => {
    if (!once.has(problem)) process.emitWarning(problem, 'HoldfastWarning');
    once.add(problem);
  };
  const debug = (problem: string): void => {
    if (env['HOLDFAST_LOG'] === 'debug') jsonLog({ level: 'debug', name: 'holdfast activity' }).debug({ why: problem }, 'a sign of life was not stored');
  };
  const quiet = systemClock({ unref: true });
  const clock = systemClock();
  return {
    attempt: activityBridge({ env, open: keptOpen(quiet), clock: quiet, warn, debug }),
    ...runReports({ env, open: (claim) => opened(claim, clock), clock, warn }),
  };
};

/**
 * A file is kept open from beat to beat, while they are for the same board and nothing goes wrong: it holds nothing alive. A server is left after
 * each, because its connection would keep the program alive.
 */
const keptOpen = (clock: Clock) => {
  let kept: (Awaited<ReturnType<typeof opened>> & { readonly key: string }) | undefined;
  const drop = async (): Promise<void> => {
    const left = kept;
    kept = undefined;
    await left?.leave();
  };
  return async (claim: EnvironmentClaim): Promise<OpenedBoard> => {
    const key = JSON.stringify([claim.store, claim.board, claim.worker]);
    if (kept !== undefined && kept.key !== key) await drop();
    const { board, address } = (kept ??= { key, ...(await opened(claim, clock)) });
    return { board, leave: async (failed) => (failed || isServer(address) ? drop() : undefined) };
  };
};

const opened = async ({ worker }: EnvironmentClaim, clock: Clock) => {
  const { store, board } = readSettings({ flags: {}, env: process.env, cwd: process.cwd() });
  if (store === null)
    throw new StoreUnavailable('there is no store: HOLDFAST_STORE is not set, and there is no .holdfast folder upwards', 'set HOLDFAST_STORE');
  const held = await openHoldfast({ store: store.value, board: board.value, actor: { kind: 'agent', id: worker }, surface: 'activity', clock });
  return { board: held.board, address: held.address, leave: held.close };
};
