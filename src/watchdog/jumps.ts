/** Both clocks, read in the same turn (ms). */
export type Reading = { readonly wall: number; readonly monotonic: number };

/** `at`: wall clock after the jump. `ms`: how far the wall clock ran ahead of the monotonic one. */
export type Jump = { readonly at: number; readonly ms: number };

/** More than a clock is ever slewed between two readings (design §5.8). */
export const JUMP_MS = 30_000;

/** How far the wall clock ran ahead (behind: negative) between two readings. */
export const driftBetween = (before: Reading, after: Reading): number => after.wall - before.wall - (after.monotonic - before.monotonic);

/** Several watchdogs of a host see and record the same jump: one that ended this close to another, and is as long, is the same (ms). */
const SAME_MS = 10_000;
const isSame = (one: Jump, other: Jump): boolean => Math.abs(one.at - other.at) <= SAME_MS && Math.abs(one.ms - other.ms) <= SAME_MS;

/** Jumps kept: a machine that sleeps more often than this within one run has other worries. */
const MOST = 1000;

/** The jumps known so far and this one, each once. */
export const withJump = (jumps: readonly Jump[], jump: Jump): readonly Jump[] =>
  jumps.some((known) => isSame(known, jump)) ? jumps : [...jumps, jump].slice(-MOST);

/** Time since `since` that nobody lived through: what is subtracted from ages that began then. Clocks set back add nothing. */
export const discounted = (jumps: readonly Jump[], since: number): number => jumps.reduce((sum, { at, ms }) => (at > since && ms > 0 ? sum + ms : sum), 0);
