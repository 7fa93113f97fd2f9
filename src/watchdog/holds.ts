import type { WatchdogEvent } from '../domain/board/board.ts';
import { toMs } from '../domain/instant.ts';
import type { Host } from '../domain/process.ts';
import { discounted, driftBetween, withJump, JUMP_MS, type Jump, type Reading } from './jumps.ts';

type HoldReason = Extract<WatchdogEvent, { type: 'WatchdogHeld' }>['data']['reason'];
export type Held = { readonly reason: HoldReason; readonly since: number; readonly jump_ms: number };

/**
 * What rule 8 says of a watchdog at one moment. `held`: judges only what is certain, until the store has answered. `fresh_from`: the newest
 * instant (ms, wall) from which every open claim has one fresh lease. `last`: the newest reading of both clocks.
 */
export type Holds = {
  readonly last: Reading;
  readonly held: Held | null;
  readonly fresh_from: number;
  readonly jumps: readonly Jump[];
};

export const noHolds = (now: Reading): Holds => ({ last: now, held: null, fresh_from: Number.NEGATIVE_INFINITY, jumps: [] });

/** `silent_ms`: how long the store has been, or had been, out of reach; `limit_ms`: how long it may be. */
export type Check = { readonly now: Reading; readonly silent_ms: number; readonly limit_ms: number };

/** A watchdog checks at least this often (ms) while its process gets to run at all. */
const USUAL_MS = 6000;

/** Whether to hold from now on. `began` is what is new and worth recording. */
export const checked = (holds: Holds, { now, silent_ms, limit_ms }: Check): { readonly holds: Holds; readonly began: Held | null } => {
  const drift = driftBetween(holds.last, now);
  const slept = now.monotonic - holds.last.monotonic;
  // Once the clock is set back, the old instant would lie in the future, and make every lease fresh until then.
  const seen = { ...holds, last: now, fresh_from: Math.min(holds.fresh_from, now.wall) };
  const begin = (reason: HoldReason, jump_ms: number) => {
    const held = { reason, since: now.monotonic, jump_ms };
    const jumps = jump_ms === 0 ? seen.jumps : withJump(seen.jumps, { at: now.wall, ms: jump_ms });
    return { holds: { ...seen, jumps, fresh_from: now.wall, held: holds.held ?? held }, began: held };
  };
  if (Math.abs(drift) > JUMP_MS) return begin('clock_jump', Math.round(drift));
  if (holds.held !== null) return { holds: seen, began: null };
  // While a handler keeps this process busy, every answer looks late, and the store is not at fault.
  const late = slept > USUAL_MS ? silent_ms - slept : silent_ms;
  if (late > limit_ms) return begin('store_unreachable', 0);
  // This process itself stood still (suspended, or its container frozen) while both clocks went on: so may the workers have.
  return slept > JUMP_MS ? begin('behind', 0) : { holds: seen, began: null };
};

/** The store answers again: judging goes on, and every claim gets its fresh lease from here. */
export const resumed = (holds: Holds, now: Reading): Holds => ({ ...holds, held: null, fresh_from: now.wall });

/** What only this process knows of, and only this process must heed: others did not stand still. */
export const isPrivate = (reason: HoldReason): boolean => reason === 'behind';

/** What a watchdog of the same host recorded binds this one too: its clock is ours. */
export const observed = (holds: Holds, { type, data }: WatchdogEvent, host: Host | null): Holds => {
  if (type === 'WatchdogStarted' || host === null || data.boot_id !== host.boot_id) return holds;
  const at = toMs(data.at);
  const jumps = type === 'WatchdogHeld' && data.jump_ms !== 0 ? withJump(holds.jumps, { at, ms: data.jump_ms }) : holds.jumps;
  return { ...holds, jumps, fresh_from: Math.max(holds.fresh_from, at) };
};

/** Whether only host_restarted, crashed and supervisor_lost may be judged of a run with this lease. */
export const onlyCertain = ({ held, fresh_from }: Holds, lease_ms: number, now: number): boolean => held !== null || now < fresh_from + lease_ms;

/** The jump to subtract from ages that began at `since` (ms, wall). */
export const discountOf = ({ jumps }: Holds, since: number): number => discounted(jumps, since);
