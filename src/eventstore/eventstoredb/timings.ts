/** How long this adapter waits for what, in ms. */
export type Timings = {
  /** For the answer to one try of an append. Whole-server pauses of 1.6 s are normal, so never below 3 s. */
  readonly appendMs: number;
  /** Silence in the middle of a read after which it is given up and begun anew. */
  readonly readMs: number;
  /** How long a call is tried again and again before it rejects with StoreUnavailable. */
  readonly storeWaitMs: number;
  /** Pause before the second try of a call, doubled up to the second number. */
  readonly retryMs: readonly [number, number];
  /** For the confirmation of a subscription: a frozen server gives neither that nor an error. */
  readonly confirmMs: number;
  /** Pause before a subscription is made anew, doubled up to the second number. */
  readonly resubscribeMs: readonly [number, number];
  /** Between two canaries; a subscription that only died silently is found out in less than three of these. */
  readonly canaryMs: number;
  /** What `close()` gives the appends under way, and then the client, to end. */
  readonly closeMs: number;
};

export const TIMINGS: Timings = {
  appendMs: 5_000,
  readMs: 5_000,
  storeWaitMs: 20_000,
  retryMs: [100, 2_000],
  confirmMs: 5_000,
  resubscribeMs: [1_000, 30_000],
  canaryMs: 15_000,
  closeMs: 700,
};
