import type { Clock } from '../../platform/clock.ts';
import { bytes } from '../../platform/ids.ts';

/** Given as the reason, because an abort without one makes an exception with a stack, which is dear: every append ends such a signal. */
const OVER = 'over';

/** A signal that aborts with the other one, or with `end`, which also lets go of the other: that may live as long as the store. */
export const endingWith = (other?: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } => {
  const own = new AbortController();
  const abort = () => own.abort(OVER);
  if (other?.aborted === true) abort();
  other?.addEventListener('abort', abort, { once: true });
  return {
    signal: own.signal,
    end: () => {
      other?.removeEventListener('abort', abort);
      abort();
    },
  };
};

/** What came of a promise within `ms`, else undefined (also when the signal aborts first). */
export const within = async <Value>(
  clock: Clock,
  ms: number,
  promise: Promise<Value>,
  signal?: AbortSignal,
): Promise<{ readonly value: Value } | undefined> => {
  const over = endingWith(signal);
  try {
    return await Promise.race([promise.then((value) => ({ value })), clock.sleep(ms, over.signal).then(() => undefined)]);
  } finally {
    over.end();
  }
};

/** The pause before try `attempt` (0 is the first repetition): doubled each time, and somewhere between half of that and all of it. */
export const pause = ([first, most]: readonly [number, number], attempt: number): number => {
  const full = Math.min(most, first * 2 ** Math.min(attempt, 30));
  const [random = 0] = bytes(1);
  return (full * (256 + random)) / 512;
};
