import { latest, type Instant } from '../../domain/instant.ts';
import type { RunOver } from '../runOver.ts';
import type { SupervisedRun, Supervision } from './supervision.ts';

/** Why the supervisor stops its child. `overstayed`: it lived on after its own verdict. */
export type Cause = 'shutdown' | 'revoked' | 'reclaimed' | 'overstayed';

/** How long a child may live after its own verdict (ms). */
const OVERSTAY_MS = 30_000;

/** What a supervisor knows of its run while the child lives. */
export type HeldRun = {
  /** Aborts when the child must be stopped. */
  readonly halt: AbortSignal;
  readonly cause: () => Cause | undefined;
  /** The board has decided about the run: nothing extends it any more. */
  readonly over: () => boolean;
  readonly expires: () => Instant;
  readonly extendedTo: (claimExpires: Instant) => void;
  readonly leave: () => void;
};

/** Watches a run and the shutdown of this program; the first cause to stop the child stands. */
export const heldRun = ({ task_id, run, claim_expires }: SupervisedRun, { watch, clock, shutdown }: Supervision): HeldRun => {
  const halt = new AbortController();
  const left = new AbortController();
  let cause: Cause | undefined;
  let over: RunOver['how'] | undefined;
  let expires = claim_expires;
  const stopFor = (because: Cause): void => {
    cause ??= because;
    halt.abort();
  };
  const overstayed = async (): Promise<void> => {
    await clock.sleep(OVERSTAY_MS, left.signal);
    if (!left.signal.aborted) stopFor('overstayed');
  };
  const onOver = ({ how }: RunOver): void => {
    if (how !== 'verdict') stopFor(how);
    else if (over === undefined) void overstayed();
    over = how;
  };
  const extendedTo = (later: Instant): void => {
    expires = latest(expires, later);
  };
  const onShutdown = (): void => stopFor('shutdown');
  const unwatch = watch.add({ task_id, run, onOver, onLease: extendedTo });
  if (shutdown?.aborted === true) onShutdown();
  shutdown?.addEventListener('abort', onShutdown, { once: true });
  return {
    halt: halt.signal,
    cause: () => cause,
    over: () => over !== undefined,
    expires: () => expires,
    extendedTo,
    leave: () => {
      left.abort();
      unwatch();
      shutdown?.removeEventListener('abort', onShutdown);
    },
  };
};
