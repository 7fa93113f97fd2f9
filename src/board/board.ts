import type { BoardCommandInput, BoardState } from '../domain/board/board.ts';
import type { Accepted, Claimed, Refusal } from '../domain/task/answers.ts';
import type { CommandInputOf, TaskCommandType } from '../domain/task/commands.ts';
import type { TaskEvent } from '../domain/task/events.ts';
import type { TaskState } from '../domain/task/state.ts';
import type { WaitingFor } from '../domain/waitingFor.ts';

export type Actor = { readonly kind: 'human' | 'agent' | 'system'; readonly id: string };

/** On every event; evolve never reads it. */
export type Metadata = {
  readonly board: string;
  readonly command_id: string;
  /** Digest of what was asked, where the caller chose the command id: the same id with another body is a conflict. */
  readonly command_hash?: string;
  /** The conversation this command belongs to; left out where it is the command's own. */
  readonly correlation_id?: string;
  /** What this command answers to: the id of an event or of a message elsewhere. */
  readonly causation_id?: string;
  readonly actor: Actor & { readonly surface: string };
};

/** A task event with its place in the log, as audit and subscribers see it. */
export type StoredTaskEvent = TaskEvent & {
  readonly id: string;
  readonly task_id: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly metadata: Metadata;
};

export type ExecuteOptions = {
  /**
   * Makes the command idempotent: the same id again gives the first answer and writes nothing (rule 10), another body under it is a
   * CommandConflict. A command that wrote nothing (a refusal) is decided anew. Default: a fresh one.
   */
  readonly command_id?: string;
  readonly actor?: Actor;
  readonly correlation_id?: string;
  readonly causation_id?: string;
};
export type Execute<Options> = <Type extends TaskCommandType>(
  command: { readonly type: Type } & CommandInputOf<Type>,
  options?: Options,
) => Promise<Accepted[Type] | Refusal>;

export type ClaimNext = {
  readonly worker: string;
  readonly lease_ms?: number;
  readonly labels?: readonly string[];
  readonly assignee?: string;
  /** Wait so long (ms) for something to become ready; default 0: do not wait. */
  readonly wait_ms?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  readonly process?: CommandInputOf<'ClaimTask'>['process'];
  /** Claim only while fewer runs are open: on the board, in this name (`assignee`, else `worker`). The board's own caps hold besides. */
  readonly cap?: number;
  readonly cap_per_assignee?: number;
};
/** `why` nothing was claimed, for people and machines: empty, paused, all waiting and on what, or as many running as a cap allows. */
export type NothingToClaim = {
  readonly ok: false;
  readonly code: 'NothingToClaim';
  readonly message: string;
  readonly why: 'empty' | 'paused' | 'waiting' | 'capped';
  readonly waiting: Readonly<Record<string, number>>;
  /** What stands in the way of any claim: the pause, the cap. */
  readonly waiting_for: readonly WaitingFor[];
};

/**
 * The one way to change or read tasks: load (fold the stream) → decide → append. A refusal is a value, not an exception; infrastructure
 * failures reject with the errors of the event store. Methods of a closed board reject with StoreClosed.
 */
export interface Board {
  readonly name: string;
  readonly execute: Execute<ExecuteOptions>;
  /** Creates a task with a fresh id, or with the one id of its idempotency key, else of its command id. */
  readonly create: (task: Omit<CommandInputOf<'CreateTask'>, 'task_id' | 'board'>, options?: ExecuteOptions) => Promise<Accepted['CreateTask'] | Refusal>;
  /** Claims the ready task of the highest priority, then the oldest; tries the next one when another worker wins. */
  readonly claimNext: (options: ClaimNext, execute?: ExecuteOptions) => Promise<Claimed | Refusal | NothingToClaim>;
  /** The state folded from the task's stream, the truth; `absent` when there is no such task. Rejects with StoreUnreadable when it has an event that this version cannot read. */
  readonly load: (taskId: string) => Promise<TaskState>;
  /** Every event of the task, upcast, oldest first. Rejects as `load`. */
  readonly history: (taskId: string) => Promise<readonly StoredTaskEvent[]>;
  /** Policy and pause, folded from the board's stream; `exists` false when nobody created it, `unreadable` when this version cannot read it. */
  readonly state: () => Promise<BoardState>;
  /** A command on the board's own stream: create, change policy, pause, resume. */
  readonly change: (command: BoardCommandInput, options?: ExecuteOptions) => Promise<{ readonly ok: true; readonly revision: string } | Refusal>;
  /** This board's task events after a position (START: all; 'now': only new ones), in batches; `caught_up` when history is done. Ends with the signal. */
  readonly follow: (options: { readonly after: bigint | 'now'; readonly signal?: AbortSignal }) => AsyncIterable<FollowedBatch>;
}
/** An event of a later version: told, never skipped silently. */
export type UnreadableEvent = { readonly task_id: string; readonly revision: bigint; readonly position: bigint; readonly type: string };
/** `event_id`: of the event at `position`, whatever it is, where it was read anyway: a cursor needs no second look at the log then. */
export type FollowedBatch = {
  readonly events: readonly StoredTaskEvent[];
  readonly unreadable: readonly UnreadableEvent[];
  readonly position: bigint;
  readonly caught_up: boolean;
  readonly event_id?: string;
};
