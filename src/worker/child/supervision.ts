import type { Board } from '../../board/board.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FailureOutcome } from '../../domain/outcomes.ts';
import type { ProcessProbe, ProcessStop } from '../../domain/processPorts.ts';
import type { Claimed } from '../../domain/task/answers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { OnZero } from './exitVerdict.ts';
import type { RunLog } from './runLog.ts';
import type { RunWatch } from '../runWatch.ts';

/** A command to run for a task. `{task_id}`, `{title}` and `{input}` are replaced inside single arguments; there is no shell. */
export type ChildSpec = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly on_zero: OnZero;
};

export type SupervisedRun = Pick<Claimed, 'task_id' | 'run' | 'worker' | 'lease_ms' | 'claim_expires'>;

export type Supervision = {
  readonly board: Pick<Board, 'name' | 'execute' | 'load' | 'state'>;
  readonly watch: RunWatch;
  readonly probe: ProcessProbe;
  readonly stop: ProcessStop;
  readonly clock: Clock;
  /** The store's address, for the child's environment. */
  readonly store: string;
  /** Of this program, for the evidence. */
  readonly version: string;
  /** Aborts when this program is to end: the child is stopped, the claim released. */
  readonly shutdown?: AbortSignal;
  readonly output?: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void;
  /** Opens the file that keeps the output of a run; none: it is not kept. */
  readonly log?: (run: SupervisedRun) => RunLog;
};

/**
 * How a supervised run ended. `own_verdict`: the child said so itself. `reclaimed`: the board took it away. `stop_unconfirmed`: the
 * child survived SIGKILL while we shut down, so the claim was left to the watchdog. `refused`: the board would not store the end.
 */
export type Supervised = {
  readonly ended: 'completed' | FailureOutcome | 'own_verdict' | 'shutdown' | 'reclaimed' | 'stop_unconfirmed' | 'refused';
  /** The child's verdict, the reason of the reclaim, or the board's refusal. */
  readonly reason: string | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly spawn_error: string | null;
  /** This failure made the task give up. */
  readonly gave_up: boolean;
  /** When the task may be claimed again, where that is not at once. */
  readonly not_before: Instant | null;
};
