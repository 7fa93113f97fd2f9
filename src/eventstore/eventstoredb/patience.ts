import type { Clock } from '../../platform/clock.ts';

/** Calls `giveUp` after `ms`, or when the signal aborts that it was made with, unless the function that it gives was called before. */
export type Patience = (ms: number, giveUp: () => void) => () => void;

/** How late a wait may be given up. */
const TICK_MS = 100;

/** As `within`, for thousands of calls: one sleep serves all that wait. A timer and a signal for each would cost more than all else we do for an append. */
export const patience = (clock: Clock, ended: AbortSignal): Patience => {
  const waiting = new Set<{ readonly due: number; readonly giveUp: () => void }>();
  let watched = false;

  const watch = async () => {
    while (waiting.size > 0) {
      await clock.sleep(TICK_MS, ended);
      const now = ended.aborted ? Number.POSITIVE_INFINITY : clock.monotonic();
      for (const wait of waiting) {
        if (wait.due > now) continue;
        waiting.delete(wait);
        wait.giveUp();
      }
    }
    watched = false;
  };

  return (ms, giveUp) => {
    const wait = { due: clock.monotonic() + ms, giveUp };
    waiting.add(wait);
    if (!watched) {
      watched = true;
      void watch();
    }
    return () => void waiting.delete(wait);
  };
};
