/** A position before the first event of any log: `subscribe({ after: START })` delivers everything; `head()` of an empty log. */
export const START = -1n;

/** Largest append (all its events as JSON, bytes), the same for every store (design §6; EventStoreDB's own limit is 1 MiB). */
export const MAX_APPEND_BYTES = 512 * 1024;

/** The stream must not exist, or its last event must have exactly this revision. */
export type ExpectedRevision = 'no_stream' | bigint;

export type JsonObject = { readonly [key: string]: unknown };

/** An event to append. `id` is a UUID that is the same for every retry of the same command. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
};

/** An event as stored. `revision`: index in its stream. `position`: place in the log, strictly rising, gaps allowed. */
export type RecordedEvent = NewEvent & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
};

/** `revision` and `position` of the last event appended. `repeated`: the same events were already there, nothing was written. */
export type Appended = { readonly revision: bigint; readonly position: bigint; readonly repeated: boolean };

export type ReadStream = {
  /** First revision to return; default the first event forwards, the last event backwards. */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** At most this many events; default all. */
  readonly limit?: number;
  /**
   * The answer must hold up to this position of the log; what was appended after it may be missing. So a store that has already read that far need not
   * ask where the log ends. START: whatever it knows already will do. Default: everything that was appended before the call.
   */
  readonly as_of?: bigint;
};

/**
 * `events`: everything that matches, up to and including `position`, has been delivered with this message; the array is empty where only events
 * that do not match were passed over. `caught_up`: history is done and what follows is live; told once, and again after the subscriber fell behind.
 */
export type SubscriptionMessage =
  { readonly kind: 'events'; readonly events: readonly RecordedEvent[]; readonly position: bigint } | { readonly kind: 'caught_up'; readonly position: bigint };

export type Subscribe = {
  /** Exclusive: the first event delivered has a greater position. START for everything. */
  readonly after: bigint;
  /** Only streams whose name begins with one of these; none given: every stream. */
  readonly prefixes?: readonly string[];
  /** Ends the subscription; the iteration then ends normally. */
  readonly signal?: AbortSignal;
};

/**
 * Generic streams of JSON events; knows nothing of tasks. Every adapter passes the one conformance suite.
 * All methods reject with `StoreUnavailable` when the store cannot be reached in time and `StoreClosed` after `close()`.
 */
export interface EventStore {
  /**
   * Appends atomically and durably: a resolved promise means that the events survive kill -9.
   * Rejects with `WrongExpectedRevision` (nothing written), `InvalidEvents` (empty, too large, not JSON, bad id; nothing written).
   * The same ids again at the same expectation answer as the first time did, with `repeated: true`, also after later events.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended>;
  /** Events of one stream, in the order asked for; an absent stream is an empty array. */
  readStream(stream: string, options?: ReadStream): Promise<readonly RecordedEvent[]>;
  /** History after a position, then `caught_up`, then live. The consumer pulls: at most one batch is read ahead of it. */
  subscribe(options: Subscribe): AsyncIterable<SubscriptionMessage>;
  /** Position of the last event in the log, START when empty. Never below an append acknowledged before the call. */
  head(): Promise<bigint>;
  /** A name that no other log has, the same for as long as this log lives. */
  identity(): Promise<string>;
  /** Ends all subscriptions, settles what is queued, releases files and sockets. Idempotent. */
  close(): Promise<void>;
}
