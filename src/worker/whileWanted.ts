import type { Clock } from '../platform/clock.ts';

type WhileWanted = {
  want(): void;
  /** It ends after the linger, unless it is wanted again before. */
  unwant(): void;
  /** Ends it now. */
  end(): Promise<void>;
};

/** Runs something while it is wanted and `linger_ms` longer, so that short gaps do not stop and start it. `run` may not reject, and ends with its signal. */
export const whileWanted = ({
  run,
  linger_ms,
  clock,
}: {
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly linger_ms: number;
  readonly clock: Clock;
}): WhileWanted => {
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  let linger = new AbortController();
  const end = async (): Promise<void> => {
    linger.abort();
    const ended = running;
    running = undefined;
    ended?.stop.abort();
    await ended?.done;
  };
  const endSoon = async (): Promise<void> => {
    linger.abort();
    linger = new AbortController();
    const { signal } = linger;
    await clock.sleep(linger_ms, signal);
    if (!signal.aborted) await end();
  };
  return {
    want: () => {
      linger.abort();
      if (running !== undefined) return;
      const stop = new AbortController();
      running = { stop, done: run(stop.signal) };
    },
    unwant: () => {
      if (running !== undefined) void endSoon();
    },
    end,
  };
};
