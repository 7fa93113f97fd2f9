import type { Actor, Board, ExecuteOptions, StoredTaskEvent, UnreadableEvent } from '../../board/board.ts';
import type { BoardCommandInput } from '../../domain/board/board.ts';
import type { TaskEventType } from '../../domain/task/events.ts';
import type { TaskState } from '../../domain/task/state.ts';
import type { Explanation } from '../../audit/account.ts';
import type { Diagnostic, Severity } from '../../projections/diagnostics/diagnostic.ts';
import type { DiagnosticBatch } from '../../projections/diagnostics/diagnosticChanges.ts';
import type { ListTasks } from '../../projections/lists.ts';
import type { ListedTask } from '../../projections/waiting.ts';
import type { CapOptions } from '../../worker/caps.ts';
import type { ClaimHandle } from '../../worker/claimHandle.ts';
import type { Schema } from '../../worker/schema.ts';
import type { Duration } from '../../worker/milliseconds.ts';
import type { Handler, Worker, WorkOptions } from '../../worker/workOptions.ts';

export type OpenBoard = {
  /** A folder, a `.db` file, or `memory:`. Default: HOLDFAST_STORE, the project file, the nearest `.holdfast` upwards. */
  readonly store?: string;
  /** Default: HOLDFAST_BOARD, the project file, `main`. */
  readonly board?: string;
  /** Who commands come from: `human:ana`, `agent:packer`, `system:cron`. Attribution, not authentication. */
  readonly actor: string | Actor;
  /** Make the store and the board when there is none; default only for `memory:`. */
  readonly create?: boolean;
  /** FULL (default): an acknowledged command survives a power cut. NORMAL: it survives kill -9. */
  readonly synchronous?: 'FULL' | 'NORMAL';
};

export type ClaimOptions<Input, Checkpoint> = CapOptions & {
  readonly input?: Schema<Input>;
  readonly checkpoint?: Schema<Checkpoint>;
  /** Default: the id of the actor. */
  readonly worker?: string;
  readonly lease?: Duration;
  /** Aborts the claim's signal with Shutdown, and ends a wait. */
  readonly signal?: AbortSignal;
};

/** Labels and assignee choose among the tasks that are ready. */
export type ClaimNextOptions<Input, Checkpoint> = ClaimOptions<Input, Checkpoint> & {
  readonly labels?: readonly string[];
  readonly assignee?: string;
  readonly wait?: Duration;
};

export type EventsOptions<Type extends TaskEventType> = {
  /** A cursor that this store gave out, `start` (default) or `now`. */
  readonly after?: string | undefined;
  /** Only these types; the events of a batch are then narrowed to them. */
  readonly types?: readonly Type[];
  readonly signal?: AbortSignal;
};
/** `cursor` also covers events that the filter left out. `caught_up`: history is done, what follows is live. */
export type EventBatch<Type extends TaskEventType> = {
  readonly events: readonly Extract<StoredTaskEvent, { type: Type }>[];
  /** Events of a later version of holdfast, whatever their type: the filter cannot know. */
  readonly unreadable: readonly UnreadableEvent[];
  readonly cursor: string;
  readonly caught_up: boolean;
};

export type DiagnosticsOptions = {
  /** At least so severe; default warning. */
  readonly severity?: Severity;
  /** Only this task. */
  readonly task_id?: string;
};

/**
 * One board of a store, as a program uses it. Reads and commands reject with the errors of the event store (StoreUnavailable,
 * StoreUnreadable, StoreClosed); a refusal is a value of `execute`, and throws `Refused` on a claim handle.
 */
export interface LibraryBoard extends Pick<Board, 'name' | 'execute' | 'create' | 'history' | 'state'> {
  /** Handlers for this board's tasks: return = complete, throw = fail; beats by itself. Hosts a watchdog unless told not to. Throws InvalidValue for an option that is none. */
  work<Input = unknown, Checkpoint = unknown>(options: WorkOptions<Input, Checkpoint>, handler: Handler<Input, Checkpoint>): Worker;
  /** A handle on the best claimable task; undefined when there is none within `wait` (default: no wait). Beats only when told. */
  claimNext<Input = unknown, Checkpoint = unknown>(options?: ClaimNextOptions<Input, Checkpoint>): Promise<ClaimHandle<Input, Checkpoint> | undefined>;
  /** A handle on this task; rejects with Refused when it cannot be claimed. */
  claim<Input = unknown, Checkpoint = unknown>(taskId: string, options?: ClaimOptions<Input, Checkpoint>): Promise<ClaimHandle<Input, Checkpoint>>;
  /** History, then live. At least once, in order; dedupe on `event.id`. Rejects with InvalidCursor. */
  events<Type extends TaskEventType = TaskEventType>(options?: EventsOptions<Type>): AsyncIterable<EventBatch<Type>>;
  /** The task now, folded from its own stream; `absent` when there is none. */
  show(taskId: string): Promise<TaskState>;
  /** One page, the oldest first, each with what it waits for, as of the head of the log at the time of the call. */
  list(query?: Partial<Omit<ListTasks, 'board'>>): Promise<readonly ListedTask[]>;
  /** Every run that ended other than by completion, and why; undefined when there is no such task. */
  why(taskId: string): Promise<Explanation | undefined>;
  /** What a person should look at, the most severe first, as of the head of the log at the time of the call. */
  diagnostics(options?: DiagnosticsOptions): Promise<readonly Diagnostic[]>;
  /**
   * The diagnostics there are, each as `raised`, then what is raised, changed and cleared: once per batch of the log, and when time alone
   * changes something. Ends with the signal and with the board.
   */
  diagnosticChanges(options?: DiagnosticsOptions & { readonly signal?: AbortSignal }): AsyncIterable<DiagnosticBatch>;
  /** Policy and pause. */
  change(command: BoardCommandInput, options?: ExecuteOptions): ReturnType<Board['change']>;
  /** Aborts the claims' signals with Shutdown, ends workers and watchdog, closes the store. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
