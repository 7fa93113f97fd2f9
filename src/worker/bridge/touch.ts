import type { AbortReason } from '../abortReasons.ts';
import type { ActivityResult } from './activityResult.ts';

/** What became of a sign of life. `rest` resolves when the next may be sent; null: none is any more. `over`: the run is, and why. */
export type Attempted = { readonly result: ActivityResult; readonly rest: Promise<void> | null; readonly over: AbortReason | null };

export type Touch = {
  /** To be called as often as there is a sign of life: each chunk, each tool result. Costs nothing, throws nothing, waits for nothing. */
  readonly touchActivity: () => void;
  /** What became of the last one that was not too soon; undefined: nothing yet, or there is no run to keep. */
  readonly lastResult: () => ActivityResult | undefined;
  /** Aborts when the board says that the run is over; its reason is StaleRun or Cancelled. */
  readonly onFenced: AbortSignal;
  /** This program has said how the run ended: no more beats, and no news that it is over. */
  readonly silence: () => void;
};

/**
 * The hot path of a worker's activity: one look at a flag. It is up again when the pause after the last attempt is over, and never outside of a
 * run. The attempt begins after the caller's turn.
 */
export const touching = ({ inRun, attempt }: { readonly inRun: () => boolean; readonly attempt: () => Promise<Attempted> }): Touch => {
  let quiet = false;
  let ended = false;
  let last: ActivityResult | undefined;
  const fenced = new AbortController();
  const send = async (): Promise<void> => {
    const { result, rest, over } = await attempt();
    last = result;
    if (over !== null && !ended) fenced.abort(over);
    if (rest === null) return;
    await rest;
    quiet = ended;
  };
  const begin = (): void =>
    void send().catch((error: unknown) => {
      last = { ok: false, code: 'Failed', message: String(error) };
    });
  return {
    touchActivity: () => {
      if (quiet) return;
      quiet = true;
      if (inRun()) setImmediate(begin);
    },
    lastResult: () => last,
    onFenced: fenced.signal,
    silence: () => {
      ended = true;
      quiet = true;
    },
  };
};
