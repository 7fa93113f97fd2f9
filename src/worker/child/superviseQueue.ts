import type { Board, ClaimNext, NothingToClaim } from '../../board/board.ts';
import type { Claimed, Refusal } from '../../domain/task/answers.ts';
import type { Wait } from '../../domain/task/waiting.ts';
import { claimLoop } from '../claimLoop.ts';
import { supervise } from './supervise.ts';
import type { ChildSpec, Supervised, Supervision } from './supervision.ts';
import { isClosed } from '../untilStored.ts';

export type Queue = {
  readonly child: ChildSpec;
  readonly claim: Omit<ClaimNext, 'wait_ms' | 'signal' | 'process'>;
  /** Children at the same time. */
  readonly concurrency: number;
  /** End when nothing is claimable, now or after a cool-down or back-off, and no run of our own is open. */
  readonly until_empty: boolean;
  /** `shutdown` ends the queue too. */
  readonly deps: Supervision & { readonly board: Pick<Board, 'claimNext'> };
  readonly onClaim?: (claimed: Claimed) => void;
  readonly onEnd?: (claimed: Claimed, ended: Supervised) => void;
};

/** Why the queue ended, and how many runs it saw through. */
export type QueueEnd = { readonly why: 'shutdown' | 'closed' | 'empty' | 'paused'; readonly runs: number };

const WAIT_MS = 30_000;

/**
 * Claims one task after another and supervises the command for each, until shutdown or until there is nothing left. Resolves when all
 * runs have ended. Rejects, after the others have been stopped, on a failure of the store that waiting does not mend.
 */
export const superviseQueue = async ({ child, claim, concurrency, until_empty, deps, onClaim, onEnd }: Queue): Promise<QueueEnd> => {
  const broken = new AbortController();
  const shutdown = AbortSignal.any([broken.signal, ...(deps.shutdown === undefined ? [] : [deps.shutdown])]);
  const running = new Set<Promise<void>>();
  let runs = 0;
  const one = async (claimed: Claimed): Promise<void> => {
    onClaim?.(claimed);
    try {
      const ended = await supervise(child, claimed, { ...deps, shutdown });
      runs += 1;
      onEnd?.(claimed, ended);
    } catch (error) {
      broken.abort(error);
    }
  };
  const work = async (claimed: Claimed): Promise<void> => {
    const run = one(claimed);
    running.add(run);
    await run;
    running.delete(run);
  };
  const wanted = { ...claim, process: deps.probe.self(), wait_ms: until_empty ? 0 : WAIT_MS };
  const enough = (answer: Refusal | NothingToClaim, open: number): boolean => until_empty && open === 0 && isEnd(answer);
  const last = await claimLoop({ board: deps.board, claim: wanted, concurrency, signal: shutdown, clock: deps.clock, work, enough }).catch((error: unknown) =>
    broken.abort(error),
  );
  await Promise.all(running);
  if (broken.signal.aborted && !isClosed(broken.signal.reason)) throw broken.signal.reason;
  return { why: last === undefined ? (shutdown.aborted ? 'shutdown' : 'closed') : isPaused(last) ? 'paused' : 'empty', runs };
};

const isNothing = (answer: Refusal | NothingToClaim): answer is NothingToClaim => answer.code === 'NothingToClaim';

const isPaused = (answer: Refusal | NothingToClaim): boolean => answer.code === 'BoardPaused' || (isNothing(answer) && answer.why === 'paused');

/** Nothing is ready; a task that only cools down or backs off counts as ready, and so does one that waits for a place under a cap. */
const isEnd = (answer: Refusal | NothingToClaim): boolean =>
  isPaused(answer) || (isNothing(answer) && answer.why !== 'capped' && WAITS.every((wait) => (answer.waiting[wait] ?? 0) === 0));
const WAITS = ['cool_down', 'back_off'] as const satisfies readonly Wait[];
