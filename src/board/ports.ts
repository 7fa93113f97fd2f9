import type { OpenRuns, OverCap } from '../domain/caps.ts';
import type { Probe, ProcessIdentity, Started } from '../domain/process.ts';
import type { ClaimNext } from './board.ts';

/** Time as the board needs it: it stamps instants and waits, nothing else. */
export interface BoardClock {
  now(): number;
  /** ms since an arbitrary start; does not jump. */
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where ids come from; injected so that a test can repeat them. */
export interface Ids {
  /** A fresh command id. */
  command(): string;
  /** The id of an event: the same for the same stream, command and index, so that a retry stores nothing twice. */
  event(stream: string, commandId: string, index: number): string;
  /** The same for a command with a fresh id, which nobody can give again or to another stream: no hash is needed. */
  eventOfFresh(commandId: string, index: number): string;
  /** Short digest of a command's body, to tell a repetition from another command under the same id. */
  digest(body: string): string;
  task(): string;
  /** The one task id of an idempotency key on a board. */
  taskOf(board: string, key: string): string;
}

type ReadyFilter = Pick<ClaimNext, 'worker' | 'labels' | 'assignee'>;

/** `as_of`: the position of the log up to which the task is known to be claimable. `ahead`: the tasks that this process will probably claim next. */
export type Nominated = { readonly task_id: string; readonly as_of: bigint; readonly ahead: () => readonly string[] };

/** What the read model nominates for a claim. It never decides: the task's stream does. */
export interface ReadyTasks {
  /** The best claimable task as of a head read when called, but for those that the caller tried in vain. */
  next(filter: ReadyFilter, passed: ReadonlySet<string>): Promise<Nominated | undefined>;
  /** The task handed out last was not claimed, and is ready still. */
  lookAgain(filter: ReadyFilter): Promise<void>;
  /** Why there is none: how many tasks wait for what, and when (ms since the epoch) the first of them stops waiting by itself. */
  waiting(filter: ReadyFilter): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly until: number | null }>;
  /** Lets tasks go on that may by now, such as those whose schedule is over. Whether any did. */
  wake(): Promise<boolean>;
  /** The log's last position, from which a change can be waited for. */
  head(): Promise<bigint>;
  /** The task claimed under this command id, if any (a repeated claimNext). */
  claimedBy(commandId: string): Promise<string | undefined>;
}

/** What the log says of caps (rule 11) up to a head read when called. */
export interface Admissions {
  /** Admitted runs that are open: of the board, and of those in that name. */
  openRuns(name: string): Promise<OpenRuns>;
  /** The open run of a task, and the cap that its claim was over; undefined when none is open. */
  openRun(taskId: string): Promise<{ readonly run: number; readonly over: OverCap | null } | undefined>;
}

/** Looks at the processes of a run on this host; the means are loaded when first needed. */
export type Look = () => Promise<(run: { readonly process: ProcessIdentity | null; readonly started: Started | null }) => Probe>;

/** What follows when a task is finished or reopened: its children go on, or wait. Never rejects. */
export type AfterMove = (taskId: string) => Promise<void>;
