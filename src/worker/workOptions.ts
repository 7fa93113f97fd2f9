import type { Board, ClaimNext } from '../board/board.ts';
import type { Done } from '../domain/task/answers.ts';
import type { Clock } from '../platform/clock.ts';
import type { CapOptions } from './caps.ts';
import type { ClaimHandle, Outcome } from './claimHandle.ts';
import type { Duration } from './milliseconds.ts';
import type { RunWatch } from './runWatch.ts';
import type { Schema } from './schema.ts';

export type WorkOptions<Input, Checkpoint> = CapOptions & {
  readonly input?: Schema<Input>;
  readonly checkpoint?: Schema<Checkpoint>;
  readonly labels?: readonly string[];
  readonly assignee?: string;
  /** Who works; default the board's actor. */
  readonly worker?: string;
  /** Handlers at the same time; default 1. */
  readonly concurrency?: number;
  /** Default: the policy of task and board. */
  readonly lease?: Duration;
  /** Ends the worker: no new claims, then the drain. */
  readonly signal?: AbortSignal;
  /** How long handlers may run on after the signal; default 30 s. */
  readonly drain?: Duration;
  /** Whether this process also hosts a watchdog; default true. For whoever composes the worker. */
  readonly watchdog?: boolean;
};

/** Return = complete (with what is returned; a key that Outcome does not have fails the run), throw = fail. The handle's own verdicts stand instead of the return. */
export type Handler<Input, Checkpoint> = (claim: ClaimHandle<Input, Checkpoint>) => Promise<Outcome | Done | void>;

export type Worked = {
  /** Runs whose handler came to an end before `done`. */
  readonly settled: number;
  /** Runs whose handler did not heed its signal: given back while it still runs. */
  readonly unsettled: readonly { readonly task_id: string; readonly run: number }[];
};
export type Worker = { readonly done: Promise<Worked> };

export type WorkParts<Input, Checkpoint> = {
  readonly board: Pick<Board, 'claimNext' | 'execute' | 'load'>;
  readonly watch: RunWatch;
  readonly clock: Clock;
  /** Who works when the options do not say. */
  readonly worker: string;
  /** This process, so that its death is seen at once. */
  readonly process?: ClaimNext['process'];
  readonly options: WorkOptions<Input, Checkpoint>;
  readonly handler: Handler<Input, Checkpoint>;
};
