import type { Instant } from '../../domain/instant.ts';
import { instantOf, toMs } from '../../domain/instant.ts';
import type { ExistingTask } from '../../domain/task/state.ts';
import { unwatchedAfter, unwatchedFrom } from '../../projections/diagnostics/overdueClaims.ts';
import { waitingFor, type BoardNow, type Waits } from '../../domain/waitingFor.ts';

export const overdueBy = (claimExpires: Instant | null, now: number): number => (claimExpires === null ? 0 : now - toMs(claimExpires));

/** A parent as it is now; `status` null where it was not looked at. */
export type ParentView = { readonly task_id: string; readonly status: string | null; readonly finished: boolean; readonly waived: boolean };
const NAMED = 10;

/** A task as `show --json` gives it, from the state folded from its stream, and that of its board. */
export const taskView = (task: ExistingTask, now: number, board: BoardNow['board'], parents: readonly ParentView[] = []) => {
  const run = task.status === 'running' ? task.run : null;
  return {
    task_id: task.task_id,
    board: task.board,
    title: task.title,
    status: task.status,
    body: task.body,
    input: task.input,
    labels: task.labels,
    assignee: task.assignee,
    priority: task.priority,
    run: run?.run ?? null,
    worker: run?.worker ?? null,
    claimed_at: run?.claimed_at ?? null,
    lease_ms: run?.lease_ms ?? null,
    lease_source: run?.lease_source ?? null,
    last_heartbeat_at: run?.last_beat?.at ?? null,
    claim_expires: run?.claim_expires ?? null,
    overdue_ms: Math.max(0, overdueBy(run?.claim_expires ?? null, now)),
    unwatched_from: run === null || run.revoked !== null ? null : instantOf(unwatchedFrom({ ...run, claim_expires: toMs(run.claim_expires) }, board)),
    unwatched_after: run === null || run.revoked !== null ? null : unwatchedAfter(run, board),
    beats: run?.beats ?? 0,
    progress: run?.progress ?? null,
    revoked: run?.revoked ?? null,
    started: run?.started ?? null,
    failures: task.failures,
    last_error: task.last_error,
    parents,
    scheduled_until: task.status === 'scheduled' ? task.scheduled_until : null,
    status_since: task.status_since,
    waiting_for: waitingFor(waitsOf(task, openOf(task, parents)), instantOf(now), { board }),
    result: task.status === 'done' ? { summary: task.completed.summary, result: task.completed.result, artifacts: task.completed.artifacts } : null,
    limits: task.limits,
    created_at: task.created_at,
    updated_at: task.updated_at,
    comments: task.comments,
    previous_runs: task.runs,
    revision: String(task.revision),
  };
};
export type TaskView = ReturnType<typeof taskView>;

/** The parents that it waits for; null: it has none, or waits for something other than them. */
const openOf = ({ block_memory }: ExistingTask, parents: readonly ParentView[]): Waits['open_parents'] => {
  const open = parents.filter(({ finished, waived }) => !finished && !waived);
  if (parents.length === 0 || (open.length === 0 && block_memory?.kind === 'dependency')) return null;
  return { count: open.length, ids: open.slice(0, NAMED).map(({ task_id }) => task_id) };
};

/** What a state folded from the stream says of waiting. */
const waitsOf = (task: ExistingTask, open_parents: Waits['open_parents']): Waits => ({
  status: task.status,
  status_since: task.status_since,
  assignee: task.assignee,
  not_before: task.not_before,
  scheduled_until: task.status === 'scheduled' ? task.scheduled_until : null,
  failures: task.failures,
  last_end: task.runs.at(-1) ?? null,
  blocked: task.status === 'blocked' ? { kind: null, reason: null, ...task.blocked } : null,
  open_parents,
});
