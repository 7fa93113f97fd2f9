import type { Observable } from 'rxjs';
import type { BoardCommandInput, BoardState, WatchdogEvent } from '../domain/board/board.ts';
import type { ProcessProbe, ProcessStop } from '../domain/processPorts.ts';
import type { Accepted, Refusal } from '../domain/task/answers.ts';
import type { CommandInputOf } from '../domain/task/commands.ts';
import type { TaskState } from '../domain/task/state.ts';
import type { Clock } from '../platform/clock.ts';
import type { ClaimBatch } from '../projections/changes.ts';

type WatchdogCommand = 'JudgeRun' | 'ReportStop';

/** `Board['execute']`, as far as a watchdog needs it. */
type Dispatch = <Type extends WatchdogCommand>(
  command: { readonly type: Type } & CommandInputOf<Type>,
  options: { readonly command_id: string; readonly actor: { readonly kind: 'system'; readonly id: string } },
) => Promise<Accepted[Type] | Refusal>;

type Pause = (
  command: Extract<BoardCommandInput, { type: 'PauseBoard' }>,
  options: { readonly command_id: string; readonly actor: { readonly kind: 'system'; readonly id: string } },
) => Promise<{ readonly ok: true; readonly revision: string } | Refusal>;

export type WatchdogLog = { readonly warn: (facts: object, message: string) => void; readonly error: (facts: object, message: string) => void };

export type WatchdogOptions = {
  /** The claims of one board: what is open now, then every change. */
  readonly changes$: Observable<ClaimBatch>;
  /** The true state, folded from the task's stream. */
  readonly load: (taskId: string) => Promise<TaskState>;
  readonly board: () => Promise<BoardState>;
  readonly dispatch: Dispatch;
  /** `Board['change']`, as far as a watchdog needs it. */
  readonly pause: Pause;
  /** What this board's watchdogs recorded lately, oldest first: a hold outlives the watchdog that began it. */
  readonly recorded: () => Promise<readonly WatchdogEvent[]>;
  /** Appends to the board's watchdog stream. */
  readonly record: (event: WatchdogEvent) => Promise<void>;
  readonly probe: ProcessProbe;
  readonly stop: ProcessStop;
  readonly clock: Clock;
  /** Names this watchdog in every evidence; unique. */
  readonly id: string;
  readonly version: string;
  readonly log?: WatchdogLog;
  /** Position of the last event in the log, to say in the evidence how far behind the view was; left out: it is taken to be at the head. */
  readonly head?: () => Promise<bigint>;
  /** False while the claims known here may be behind, because the subscription that brings them is down or not caught up; left out: they never are. */
  readonly ready?: () => boolean;
  /** How long the store may be out of reach, or the claims behind, before this watchdog holds; default 10 s (EventStoreDB: 45 s, a change of leader). */
  readonly out_of_reach_ms?: number;
};
