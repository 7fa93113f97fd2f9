import type { Clock } from '../platform/clock.ts';
import type { OpenClaim } from './claimHandle.ts';

/** A beat that the store did not take is tried again after so long (ms), or sooner when the lease is short. */
const RETRY_MS = 5000;

/**
 * Beats every third of the lease, counted from the last beat that the board took, whoever sent it, until the signal aborts.
 * Never rejects: a refusal aborts the claim's signal, and what the store did not take is tried again.
 */
export const keepBeating = async ({ handle, lastBeat, beatOnce }: OpenClaim, clock: Clock, signal: AbortSignal): Promise<void> => {
  const every = handle.beat_within_ms;
  while (!signal.aborted) {
    const due = lastBeat() + every - clock.monotonic();
    if (due > 0) await clock.sleep(due, signal);
    else if (!(await beatOnce())) await clock.sleep(Math.min(RETRY_MS, every / 4), signal);
  }
};
