import type { Clock } from '../../platform/clock.ts';

/** What came of a promise within `ms`, else undefined (also when the signal it was made with aborts first). The promise must not reject. */
export type Patience = <Value>(ms: number, promise: Promise<Value>) => Promise<Value | undefined>;

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
      for (const { due, giveUp } of waiting) if (due <= now) giveUp();
    }
    watched = false;
  };

  return <Value>(ms: number, promise: Promise<Value>) =>
    new Promise<Value | undefined>((resolve) => {
      const giveUp = () => {
        waiting.delete(wait);
        resolve(undefined);
      };
      const wait = { due: clock.monotonic() + ms, giveUp };
      const arrived = (value: Value) => {
        waiting.delete(wait);
        resolve(value);
      };
      waiting.add(wait);
      void promise.then(arrived);
      if (watched) return;
      watched = true;
      void watch();
    });
};
