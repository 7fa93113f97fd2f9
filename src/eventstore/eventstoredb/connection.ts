import type { Clock } from '../../platform/clock.ts';
import { StoreClosed } from '../errors.ts';
import type { Address } from './address.ts';
import type { Patience } from './patience.ts';
import type { SharedClient } from './sharedClient.ts';
import type { Timings } from './timings.ts';

/** What every part of one open store shares. */
export type Connection = {
  readonly client: SharedClient;
  readonly address: Address;
  readonly clock: Clock;
  readonly timings: Timings;
  /** `close()` was called: nothing new begins. */
  readonly closing: AbortSignal;
  /** The time that `close()` gives to what is under way is over: it ends now. */
  readonly closed: AbortSignal;
  /** Ends with `closed`. */
  readonly patience: Patience;
  /** The highest position that anybody here has seen in an answer. */
  readonly seen: { readonly position: () => bigint; readonly note: (position: bigint) => void };
};

export const assertOpen = ({ closing }: Pick<Connection, 'closing'>): void => {
  if (closing.aborted) throw new StoreClosed();
};
