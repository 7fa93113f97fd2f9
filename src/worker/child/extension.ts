import { elapsed, instantOf, type Instant } from '../../domain/instant.ts';
import { beatWithin, extensionDue } from '../../domain/lease.ts';
import type { Clock } from '../../platform/clock.ts';

type Extension = {
  readonly lease_ms: number;
  /** The newest end of the lease that is known: beats move it too. */
  readonly expires: () => Instant;
  /** Asks the board for more; what it refuses (HeartbeatStale) or cannot store is asked for again later. */
  readonly extend: () => Promise<unknown>;
  readonly clock: Clock;
  /** Aborts when the child has ended. */
  readonly signal: AbortSignal;
};

/** Asks for an extension whenever a third of the lease is left, until the signal aborts. Never rejects. */
export const keepExtended = async ({ lease_ms, expires, extend, clock, signal }: Extension): Promise<void> => {
  const third = beatWithin(lease_ms);
  while (!signal.aborted) {
    const now = instantOf(clock.now());
    // Never asleep for longer than a third: the wall clock, by which leases end, may jump.
    if (!extensionDue(expires(), lease_ms, now)) await clock.sleep(Math.min(elapsed(now, expires()) - third, third), signal);
    else {
      await extend().catch(() => undefined);
      await clock.sleep(third / 2, signal);
    }
  }
};
