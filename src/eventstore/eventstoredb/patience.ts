import type { Clock } from '../../platform/clock.ts';

/** Calls `giveUp` after `ms`, or when the signal aborts that it was made with, unless the function that it gives was called before. */
export type Patience = (ms: number, giveUp: () => void) => () => void;

/** How late a wait may be given up. */
const TICK_MS = 100;

/** `within` for calls by the thousand: one sleep for all that wait, since a timer and a signal for each are dearer than the rest of an append of ours. */
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
