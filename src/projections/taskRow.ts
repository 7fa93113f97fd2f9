import type { Then } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';
import type { ReclaimReason } from '../domain/outcomes.ts';
import type { TaskLimits } from '../domain/policy.ts';
import type { ProcessIdentity, Started } from '../domain/process.ts';
import type { DataOf } from '../domain/task/events.ts';
import type { RunEnd, Status } from '../domain/task/state.ts';

/** What only an open run has. A new claim replaces it whole, so nothing of an earlier run is inherited. */
export type OpenRunRow = {
  readonly process: ProcessIdentity | null;
  readonly started: Started | null;
  readonly note: string | null;
  readonly percent: number | null;
  /** When percent or checkpoint last changed; null: never in this run. */
  readonly progress_at: Instant | null;
  /** Tells one checkpoint from another. */
  readonly checkpoint_digest: string | null;
  readonly revoked: { readonly at: Instant; readonly reason: ReclaimReason; readonly then: Then; readonly retry_at: Instant | null } | null;
};

export const STATUSES = ['triage', 'todo', 'scheduled', 'ready', 'running', 'blocked', 'done', 'archived', 'unreadable'] as const;

/** A task as lists show it: the fields of `show --json`, without body, input, result and checkpoint. `unreadable`: an event of a later version. */
export type TaskRow = {
  readonly task_id: string;
  readonly board: string;
  readonly title: string;
  readonly status: Status | 'unreadable';
  /** Since when it has this status; of a ready task also: since when it waits for this assignee. */
  readonly status_since: Instant;
  readonly labels: readonly string[];
  readonly assignee: string | null;
  readonly priority: number;
  readonly run: number | null;
  readonly worker: string | null;
  readonly claimed_at: Instant | null;
  readonly lease_ms: number | null;
  readonly claim_expires: Instant | null;
  readonly last_heartbeat_at: Instant | null;
  readonly open_run: OpenRunRow | null;
  readonly failures: number;
  readonly not_before: Instant | null;
  readonly blocked: {
    readonly by: 'creation' | 'block' | 'breaker';
    readonly kind: DataOf<'TaskBlocked'>['kind'] | null;
    readonly reason: string | null;
  } | null;
  /** How many it has; which of them are not finished is asked of the links (`dependencies.ts`). */
  readonly parents: number;
  /** When a scheduled task goes on; null in any other status. */
  readonly scheduled_until: Instant | null;
  readonly last_end: { readonly run: number; readonly end: RunEnd; readonly at: Instant } | null;
  readonly limits: TaskLimits;
  readonly created_at: Instant;
  readonly created_position: string;
  readonly updated_at: Instant;
  /** Id of the event that led to this status. */
  readonly moved_by: string;
  readonly revision: string;
  readonly unreadable: { readonly type: string; readonly revision: string } | null;
};
