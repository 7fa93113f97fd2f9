import type { BoardState } from '../domain/board/board.ts';
import type { Crash } from '../domain/board/crash.ts';
import { heard, NOTHING_TOLD, sameError, type Recent, type Told } from '../domain/board/sameError.ts';
import { toMs } from '../domain/instant.ts';
import { inForce } from '../domain/policy.ts';
import { actorOf, judgeOf } from './assess.ts';
import type { HoldKeeper } from './holdKeeper.ts';
import type { WatchdogOptions } from './ports.ts';

/** Asks the board to pause itself when runs crash with the same error again and again. */
interface Pausing {
  hear(told: readonly Told[]): void;
  /** Sends what is due; says in how many ms to look again. */
  send(): number;
  idle(): Promise<void>;
}

/** A call that failed is made again after this (ms). */
const RETRY_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

type Given = Pick<WatchdogOptions, 'pause' | 'clock' | 'log' | 'id' | 'version'> & {
  readonly keeper: Pick<HoldKeeper, 'write'>;
  readonly boardState: () => BoardState;
  readonly within: (ms: number) => void;
};

/**
 * Counts what the log tells, also of before this watchdog began; but what was over before it began is no reason to pause now. The board decides
 * again: two watchdogs, or one that asks late, change nothing.
 */
export const pausing = (given: Given): Pausing => {
  const { pause, clock, log, keeper, boardState, within } = given;
  const began = clock.now();
  let recent: Recent = NOTHING_TOLD;
  let unjudged: Recent[] = [];
  let retryAt = Number.NEGATIVE_INFINITY;
  let sending: Promise<void> | undefined;

  const ask = async ({ resumed_revision, crashes, position }: Recent, of: string): Promise<void> => {
    const command = { cause: { resumed_revision, crashes: [...crashes], judge: judgeOf(given) } };
    await keeper.write(() => pause({ type: 'PauseBoard', ...command }, { command_id: `watchdog pause ${of}`, actor: actorOf(given) }));
    unjudged = unjudged.filter((each) => each.position > position);
  };
  /** The crashes as they stood when the newest of them made too many. */
  const due = (): { readonly counted: Recent; readonly of: string } | undefined => {
    const layers = { board: boardState().policy, store: boardState().store_policy };
    const [limit, window_ms] = [inForce('same_error_limit', layers).value, inForce('same_error_window_ms', layers).value];
    const counts = ({ at }: Crash): boolean => toMs(at) >= began - window_ms;
    for (let [first] = unjudged; first !== undefined; [first] = unjudged) {
      // Most of what a start is told was over long ago: that is asked first, because counting looks at every crash.
      const crashes = first.crashes.slice(-1).some(counts) ? sameError(first, { limit, window_ms }) : undefined;
      const newest = crashes?.at(-1);
      if (crashes !== undefined && newest !== undefined && counts(newest)) return { counted: { ...first, crashes }, of: newest.event_id };
      unjudged.shift();
    }
    return undefined;
  };
  return {
    hear: (told) => {
      for (const each of told) {
        const next = heard(recent, each);
        if (next === recent) continue;
        recent = next;
        if (each.what === 'resumed') unjudged = [];
        else unjudged.push(next);
      }
    },
    send: () => {
      if (sending !== undefined || unjudged.length === 0) return NEVER;
      if (clock.monotonic() < retryAt) return retryAt - clock.monotonic();
      const found = due();
      if (found === undefined) return NEVER;
      sending = ask(found.counted, found.of)
        .catch((error: unknown) => {
          log?.warn({ err: error }, 'the board could not be asked to pause');
          retryAt = clock.monotonic() + RETRY_MS;
        })
        .finally(() => {
          sending = undefined;
          within(0);
        });
      return NEVER;
    },
    idle: async () => sending,
  };
};
