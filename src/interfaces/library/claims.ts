import type { Actor, ClaimNext } from '../../board/board.ts';
import type { Holdfast } from '../../compose.ts';
import type { Claimed } from '../../domain/task/answers.ts';
import { hostWatchdog } from '../../hosting.ts';
import type { Watchdog } from '../../watchdog/watchdog.ts';
import { Shutdown } from '../../worker/abortReasons.ts';
import { onlyAllowed } from '../../worker/allowed.ts';
import { capsOf } from '../../worker/caps.ts';
import type { ClaimHandle, OpenClaim } from '../../worker/claimHandle.ts';
import { openClaim } from '../../worker/openClaim.ts';
import { Refused } from '../../worker/refused.ts';
import { runWatch } from '../../worker/runWatch.ts';
import { leaseMs, milliseconds } from '../../worker/milliseconds.ts';
import { InvalidValue } from '../../worker/schema.ts';
import { work } from '../../worker/work.ts';
import { CLAIM, CLAIM_NEXT, WORK } from './allowedOptions.ts';
import type { ClaimNextOptions, ClaimOptions, LibraryBoard } from './libraryBoard.ts';

type LibraryClaims = Pick<LibraryBoard, 'work' | 'claim' | 'claimNext' | 'close'>;

/** Handles and workers of one open board, ended together by `close`. */
export const libraryClaims = (held: Holdfast, actor: Actor): LibraryClaims => {
  const { board, clock } = held;
  const watch = runWatch({ board, clock });
  const open = new Map<Claimed, OpenClaim['abort']>();
  const over = new AbortController();
  const workers = new Set<Promise<unknown>>();
  let watchdog: Promise<Watchdog> | undefined;

  const own = async () => (await held.processes()).probe.self();
  const wanted = async (options: ClaimNextOptions<unknown, unknown>): Promise<ClaimNext> => ({
    worker: options.worker ?? actor.id,
    ...capsOf(options),
    process: await own(),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.assignee === undefined ? {} : { assignee: options.assignee }),
    ...(options.lease === undefined ? {} : { lease_ms: leaseMs(options.lease) }),
  });

  const handle = async <Input, Checkpoint>(
    claimed: Claimed,
    { input, checkpoint, signal }: ClaimOptions<Input, Checkpoint>,
  ): Promise<ClaimHandle<Input, Checkpoint>> => {
    const { task_id, run, worker } = claimed;
    try {
      // A run that has ended has nothing to shut down, nor is it kept here.
      const onClosed = (): void => {
        open.delete(claimed);
        signal?.removeEventListener('abort', shutDown);
      };
      const shutDown = (): void => open.get(claimed)?.(new Shutdown());
      const claim = await openClaim<Input, Checkpoint>({ board, claimed, watch, clock, schemas: { input, checkpoint }, onClosed });
      if (claim.handle.signal.aborted) return claim.handle;
      open.set(claimed, claim.abort);
      signal?.addEventListener('abort', shutDown, { once: true });
      if (signal?.aborted === true) shutDown();
      return claim.handle;
    } catch (error) {
      if (error instanceof InvalidValue) await board.execute({ type: 'FailRun', task_id, run, worker, error: error.message });
      throw error;
    }
  };

  return {
    claim: async (taskId, options = {}) => {
      onlyAllowed('claim', CLAIM, options);
      const { worker, process, lease_ms, cap, cap_per_assignee } = await wanted(options);
      const answer = await board.execute({
        type: 'ClaimTask',
        task_id: taskId,
        worker,
        process: process ?? null,
        ...(lease_ms === undefined ? {} : { lease_ms }),
        ...(cap === undefined ? {} : { cap }),
        ...(cap_per_assignee === undefined ? {} : { cap_per_assignee }),
      });
      if (!answer.ok) throw new Refused(answer);
      return handle(answer, options);
    },
    claimNext: async (options = {}) => {
      onlyAllowed('claimNext', CLAIM_NEXT, options);
      const { wait, signal } = options;
      const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
      const answer = await board.claimNext({ ...(await wanted(options)), wait_ms: wait === undefined ? 0 : milliseconds(wait, 'wait'), signal: ends });
      if (answer.ok) return handle(answer, options);
      if (answer.code === 'NothingToClaim') return undefined;
      throw new Refused(answer);
    },
    work: (options, handler) => {
      onlyAllowed('work', WORK, options);
      if (typeof handler !== 'function') throw new InvalidValue('work: takes a handler after its options: work({ … }, async (claim) => { … })');
      if (options.watchdog !== false) watchdog ??= watched(held);
      const signal = options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal]);
      const done = own().then(
        (process) => work({ board, watch, clock, worker: actor.id, ...(process === null ? {} : { process }), options: { ...options, signal }, handler }).done,
      );
      workers.add(done);
      return { done };
    },
    close: async () => {
      over.abort();
      for (const abort of open.values()) abort(new Shutdown());
      await Promise.allSettled(workers);
      await (await watchdog)?.close();
      await watch.close();
    },
  };
};

/** Nobody awaits a hosted watchdog: should it end by itself, the program is told so as a warning. */
const watched = async (held: Holdfast): Promise<Watchdog> => {
  const watchdog = await hostWatchdog(held);
  watchdog.done.catch((error: unknown) => process.emitWarning(`the watchdog of board ${held.board.name} ended: ${String(error)}`, 'HoldfastWarning'));
  return watchdog;
};
