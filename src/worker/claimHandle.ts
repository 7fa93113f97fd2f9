import type { Accepted, Beaten, Done } from '../domain/task/answers.ts';
import type { CommandInputOf } from '../domain/task/commands.ts';
import type { EndedRun, TaskFacts } from '../domain/task/state.ts';
import type { AbortReason } from './abortReasons.ts';
import type { Duration } from './milliseconds.ts';

/** What the claimed task was when it was claimed; `input` as the worker's schema gives it. */
export type ClaimedTask<Input> = Omit<TaskFacts, 'input'> & { readonly input: Input };
/** An earlier run of the task. `checkpoint`: what it left, undefined when it left none or one that the worker's schema does not read. */
export type PreviousRun<Checkpoint> = EndedRun & { readonly checkpoint: Checkpoint | undefined };

export type Progress<Checkpoint> = { readonly percent?: number; readonly checkpoint?: Checkpoint; readonly note?: string };
export type Outcome = { readonly summary?: string; readonly result?: unknown; readonly artifacts?: readonly string[] };
/** `retry_after`: of the outcome rate_limited, which it implies: not claimable for so long, from 1 s to 24 h. */
export type Failure = { readonly error: string; readonly outcome?: CommandInputOf<'FailRun'>['outcome']; readonly retry_after?: Duration };
type BlockKind = NonNullable<CommandInputOf<'BlockTask'>['kind']>;

/**
 * A task that this worker holds. Every verb carries the run, and throws `Refused` when the board says no. While the store is out of
 * reach, verdicts (`complete`, `fail`, `block`, `release`) are tried again until stored or refused; `heartbeat` and `progress` until
 * the signal aborts, then they reject with StoreUnavailable.
 */
export interface ClaimHandle<Input = unknown, Checkpoint = unknown> {
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  readonly lease_ms: number;
  /** Beat at least this often (ms): a third of the lease. */
  readonly beat_within_ms: number;
  readonly task: ClaimedTask<Input>;
  /** Runs that ended before this one, oldest first. */
  readonly previous: readonly PreviousRun<Checkpoint>[];
  /** Aborts when the run is over or the worker shuts down; its reason is an `AbortReason`: StaleRun, Cancelled or Shutdown. */
  readonly signal: AbortSignal;
  heartbeat(beat?: { readonly note?: string; readonly lease_ms?: number }): Promise<Beaten>;
  progress(progress: Progress<Checkpoint>): Promise<Beaten>;
  complete(outcome?: Outcome): Promise<Done>;
  fail(failure: string | Failure): Promise<Accepted['FailRun']>;
  block(kind: BlockKind, reason: string): Promise<Done>;
  release(note?: string): Promise<Done>;
}

/** A handle and what only its owner may do with it. */
export type OpenClaim<Input = unknown, Checkpoint = unknown> = {
  readonly handle: ClaimHandle<Input, Checkpoint>;
  readonly abort: (reason: AbortReason) => void;
  readonly giveBack: () => Promise<Done>;
  /** One beat, tried once: whether the board took it. Never rejects. */
  readonly beatOnce: () => Promise<boolean>;
  /** Monotonic ms of the last beat that the board took, at first of the claim. */
  readonly lastBeat: () => number;
  /** A verdict of this handle was stored. */
  readonly settled: () => boolean;
  /** Stops watching the run. */
  readonly close: () => void;
};
