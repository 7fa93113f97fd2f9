export { openBoard } from './interfaces/library/openBoard.ts';
export type {
  ClaimNextOptions,
  ClaimOptions,
  DiagnosticsOptions,
  EventBatch,
  EventsOptions,
  LibraryBoard,
  OpenBoard,
} from './interfaces/library/libraryBoard.ts';
export { Refused } from './worker/refused.ts';
export { Cancelled, Shutdown, StaleRun, type AbortReason } from './worker/abortReasons.ts';
export { InvalidValue } from './worker/schema.ts';
export type { ClaimHandle, ClaimedTask, Outcome, PreviousRun, Progress } from './worker/claimHandle.ts';
export type { Handler, Worked, Worker, WorkOptions } from './worker/workOptions.ts';
export type { Actor, ExecuteOptions, Metadata, StoredTaskEvent } from './board/board.ts';
export { InvalidCursor } from './board/cursor.ts';
export { InvalidSetting } from './platform/config.ts';
export { CorruptEvent, InvalidEvents, StoreClosed, StoreUnavailable, StoreUnreadable, WrongExpectedRevision } from './eventstore/errors.ts';
export type { Accepted, Beaten, Claimed, Done, Judged, Refusal, RefusalCode } from './domain/task/answers.ts';
export type { BoardCommandInput, BoardState } from './domain/board/board.ts';
export type { CommandInputOf, TaskCommandType } from './domain/task/commands.ts';
export { TaskEvent, type DataOf, type TaskEventType } from './domain/task/events.ts';
export type { EndedRun, OpenRun, Status, TaskState } from './domain/task/state.ts';
export { POLICY } from './domain/limits.ts';
export type { PolicyKey, PolicyValues } from './domain/policy.ts';
export type { TaskRow } from './projections/taskRow.ts';
export type { ListedTask } from './projections/waiting.ts';
export type { WaitingFor } from './domain/waitingFor.ts';
export type { NothingToClaim } from './board/board.ts';
export type { Explanation, RunAccount } from './audit/account.ts';
export type { Diagnostic, DiagnosticKind, Remedy, Severity } from './projections/diagnostics/diagnostic.ts';
export type { DiagnosticBatch } from './projections/diagnostics/diagnosticChanges.ts';
export type { DiagnosticChange } from './projections/diagnostics/changes.ts';
