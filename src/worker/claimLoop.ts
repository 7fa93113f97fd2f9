import type { Board, ClaimNext, NothingToClaim } from '../board/board.ts';
import type { Claimed, Refusal } from '../domain/task/answers.ts';
import type { Clock } from '../platform/clock.ts';
import { aborted } from './aborted.ts';
import { Refused } from './refused.ts';
import { isClosed, isDenied, untilStored } from './untilStored.ts';

type ClaimLoop = {
  readonly board: Pick<Board, 'claimNext' | 'execute'>;
  /** `wait_ms`: how long one claim waits for something to become ready; it is then asked again. */
  readonly claim: ClaimNext;
  /** Runs open at the same time. */
  readonly concurrency: number;
  /** No new claims after it aborts. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Sees one run through; may not reject. It holds one of the places until it resolves. */
  readonly work: (claimed: Claimed) => Promise<void>;
  /** Asked when there was nothing to claim: whether to end the loop. `open`: runs in hand. */
  readonly enough?: (answer: Refusal | NothingToClaim, open: number) => boolean;
};

const PASSING = new Set<string>(['NothingToClaim', 'BoardPaused', 'AtCap']);
/** A refusal that waiting does not mend, such as a board that this version cannot read: it would be given for ever. */
const isLasting = (answer: Refusal | NothingToClaim): answer is Refusal => !PASSING.has(answer.code);

/** Least time between two claims that found nothing, should the board answer at once. */
const PAUSE_MS = 1000;

/**
 * Claims as long as there is room, until the signal aborts, `enough` says so or the store is closed. Resolves when no more claims will
 * be made, with the answer that was enough; runs may still be open. Rejects with Refused on a claim that the board will never take, and on a
 * failure of the store that waiting does not mend. Missing rights are such a failure only until the store has answered once.
 */
export const claimLoop = async ({ board, claim, concurrency, signal, clock, work, enough }: ClaimLoop): Promise<Refusal | NothingToClaim | undefined> => {
  let open = 0;
  let wake = new AbortController();
  const woken = (): AbortSignal => {
    wake = new AbortController();
    return wake.signal;
  };
  signal.addEventListener('abort', () => wake.abort(), { once: true });
  const begin = async (claimed: Claimed): Promise<void> => {
    open += 1;
    await work(claimed);
    open -= 1;
    wake.abort();
  };
  const wanted = { ...claim, signal };
  let met = false;
  const ask = async () => {
    const answer = await board.claimNext(wanted);
    met = true;
    return answer;
  };
  const next = () => untilStored(ask, clock, signal, (error) => !met && isDenied(error));
  while (!signal.aborted) {
    if (open >= concurrency) {
      await aborted(woken());
      continue;
    }
    const started = clock.monotonic();
    const answer = await next().catch((error: unknown) => {
      if (signal.aborted || isClosed(error)) return undefined;
      throw error;
    });
    if (answer === undefined) return undefined;
    if (answer.ok && signal.aborted) await giveBack(board, answer);
    else if (answer.ok) void begin(answer);
    else if (isLasting(answer)) throw new Refused(answer);
    else if (enough?.(answer, open) === true) return answer;
    else if (!signal.aborted) await clock.sleep(PAUSE_MS - (clock.monotonic() - started), woken());
  }
  return undefined;
};

/** A claim that was stored although we had stopped asking: nothing has begun. What the store does not take runs out by itself. */
const giveBack = (board: Pick<Board, 'execute'>, { task_id, run, worker }: Claimed) =>
  board.execute({ type: 'ReleaseClaim', task_id, run, worker, reason: 'shutdown' }).catch(() => undefined);
