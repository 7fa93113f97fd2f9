import type { EventStore } from './port.ts';

/** `checked` of `total` events so far (`total` grows when others append meanwhile); `fault` names one that is damaged. */
export type VerifyProgress = {
  readonly checked: number;
  readonly total: number;
  readonly fault?: { readonly position: bigint; readonly fault: string };
};

export type Verify = {
  /** Only this stream; default the whole log. */
  readonly stream?: string;
  /** Ends the check early; the iteration then ends normally. */
  readonly signal?: AbortSignal;
};

/** A store that can check its own log. A sound log gives no message with a `fault`; in the last message `checked` equals `total`. */
export interface VerifiableStore extends EventStore {
  verify(options?: Verify): AsyncIterable<VerifyProgress>;
}
