import type { Instant } from '../../domain/instant.ts';
import type { Accepted, Refusal } from '../../domain/task/answers.ts';

type Failure = { readonly ok: false; readonly message: string };

/** Why nothing was said: there is no run, the environment makes no sense, the store is out of reach, or something else went wrong. */
export type NotSaid = Failure & { readonly code: 'NoRun' | 'BadEnvironment' | 'StoreUnavailable' | 'Failed' };

export const NO_RUN: NotSaid = { ok: false, code: 'NoRun', message: 'HOLDFAST_RUN is not set: this program works for no run' };

/**
 * What became of a sign of life. `Recorded`: stored as a heartbeat. `Fresh`: the run has a beat that is young enough, of this program or another, so
 * nothing was written. A refusal of the board (StaleRun …), or why nothing was said to it.
 */
export type ActivityResult =
  | {
      readonly ok: true;
      readonly code: 'Recorded' | 'Fresh';
      readonly task_id: string;
      readonly run: number;
      readonly last_heartbeat_at: Instant | null;
      readonly claim_expires: Instant;
    }
  | Refusal
  | NotSaid;

/** What became of a report about the run: the board's answer, or why it was not said. */
export type Reported = Accepted['FailRun'] | Refusal | NotSaid;
