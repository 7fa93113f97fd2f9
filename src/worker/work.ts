import type { ClaimNext } from '../board/board.ts';
import type { Claimed } from '../domain/task/answers.ts';
import { within } from './aborted.ts';
import { capsOf, type CapOptions } from './caps.ts';
import { Shutdown } from './abortReasons.ts';
import type { OpenClaim } from './claimHandle.ts';
import { claimLoop } from './claimLoop.ts';
import { handleOne } from './handleOne.ts';
import { leaseMs, milliseconds } from './milliseconds.ts';
import { isClosed, untilStored } from './untilStored.ts';
import type { Worked, Worker, WorkParts } from './workOptions.ts';

const CLAIM_WAIT_MS = 30_000;
const DEFAULT_DRAIN_MS = 30_000;
/** Between the Shutdown signal and giving a claim back over its handler's head. */
const SHUTDOWN_GRACE_MS = 5000;
/** How long `done` waits for the store to take the releases. */
const RELEASE_WAIT_MS = 5000;

/**
 * A worker: claims, runs the handler, beats every third of the lease, and says how each run ended. `done` resolves after the signal
 * (or the close of the board) and the drain; it rejects on a failure of the store that waiting does not mend. Throws InvalidValue for
 * a duration that is none or out of range.
 */
// The signature says what the schemas give; without a schema Input is unknown and the value is passed on as it is.
export function work<Input = unknown, Checkpoint = unknown>(parts: WorkParts<Input, Checkpoint>): Worker;
export function work(parts: WorkParts<unknown, unknown>): Worker {
  const { board, clock, options } = parts;
  const lease = options.lease === undefined ? undefined : leaseMs(options.lease);
  const caps = capsOf(options);
  const drain = milliseconds(options.drain ?? DEFAULT_DRAIN_MS, 'drain');
  const running = new Map<Claimed, Promise<void>>();
  const opened = new Map<Claimed, OpenClaim>();
  const broken = new AbortController();
  const signal = AbortSignal.any([broken.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let settled = 0;
  const one = async (claimed: Claimed): Promise<void> => {
    await handleOne({ ...parts, claimed, opened: (claim) => opened.set(claimed, claim) }).catch((error: unknown) => isClosed(error) || broken.abort(error));
    running.delete(claimed);
    opened.delete(claimed);
    settled += 1;
  };
  const begin = (claimed: Claimed): Promise<void> => {
    const run = one(claimed);
    running.set(claimed, run);
    return run;
  };
  const claims = claimLoop({ board, claim: claimOf(parts, lease, caps), concurrency: options.concurrency ?? 1, signal, clock, work: begin });
  const finish = async (): Promise<Worked> => {
    await claims.catch((error: unknown) => broken.abort(error));
    const left = await drained({ running, opened, board, clock, drain });
    broken.signal.throwIfAborted();
    return { settled, unsettled: left };
  };
  return { done: finish() };
}

const claimOf = ({ options, worker, process }: WorkParts<unknown, unknown>, lease: number | undefined, caps: CapOptions): ClaimNext => ({
  ...caps,
  worker: options.worker ?? worker,
  wait_ms: CLAIM_WAIT_MS,
  ...(lease === undefined ? {} : { lease_ms: lease }),
  ...(options.labels === undefined ? {} : { labels: options.labels }),
  ...(options.assignee === undefined ? {} : { assignee: options.assignee }),
  ...(process === undefined ? {} : { process }),
});

type Drain = Pick<WorkParts<unknown, unknown>, 'board' | 'clock'> & {
  readonly running: ReadonlyMap<Claimed, Promise<void>>;
  readonly opened: ReadonlyMap<Claimed, OpenClaim>;
  readonly drain: number;
};

/** Lets handlers run on for the drain, then aborts their signal, then gives back what did not end. */
const drained = async ({ running, opened, board, clock, drain }: Drain): Promise<Worked['unsettled']> => {
  const ended = (ms: number) => within(Promise.all(running.values()), ms, clock);
  if (running.size > 0) await ended(drain);
  for (const { abort } of opened.values()) abort(new Shutdown());
  if (running.size > 0) await ended(SHUTDOWN_GRACE_MS);
  const left = [...running.keys()].map(({ task_id, run, worker }) => ({ task_id, run, worker }));
  const giveBack = (held: (typeof left)[number]) => board.execute({ type: 'ReleaseClaim', ...held, reason: 'shutdown' });
  await within(Promise.allSettled(left.map((held) => untilStored(() => giveBack(held), clock))), RELEASE_WAIT_MS, clock);
  return left.map(({ task_id, run }) => ({ task_id, run }));
};
