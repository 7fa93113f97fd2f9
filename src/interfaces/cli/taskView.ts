import type { Instant } from '../../domain/instant.ts';
import { instantOf, toMs } from '../../domain/instant.ts';
import type { ExistingTask } from '../../domain/task/state.ts';
import { isWaiting, waitAfter } from '../../domain/task/waiting.ts';
import type { Wait } from '../../domain/task/waiting.ts';

/** Why a task cannot go on at the moment. */
export type WaitingFor =
  | { readonly what: Wait; readonly until: Instant; readonly why: string }
  /** `waits_for`: the first of them. */
  | { readonly what: 'parents'; readonly unfinished: number; readonly waits_for: readonly string[] }
  | { readonly what: 'schedule'; readonly until: Instant }
  | { readonly what: 'creation' }
  | { readonly what: 'block'; readonly kind: string; readonly reason: string; readonly since: Instant }
  | { readonly what: 'breaker'; readonly failures: number; readonly limit: number; readonly since: Instant };

/** A run overdue by more than this (ms) is a board that nobody watches: a watchdog judges within seconds. */
export const OVERDUE_MS = 60_000;

export const overdueBy = (claimExpires: Instant | null, now: number): number => (claimExpires === null ? 0 : now - toMs(claimExpires));

/** A parent as it is now; `status` null where it was not looked at. */
export type ParentView = { readonly task_id: string; readonly status: string | null; readonly finished: boolean; readonly waived: boolean };
const NAMED = 10;

/** A task as `show --json` gives it, from the state folded from its stream. */
export const taskView = (task: ExistingTask, now: number, parents: readonly ParentView[] = []) => {
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
    beats: run?.beats ?? 0,
    progress: run?.progress ?? null,
    revoked: run?.revoked ?? null,
    started: run?.started ?? null,
    failures: task.failures,
    last_error: task.last_error,
    parents,
    scheduled_until: task.status === 'scheduled' ? task.scheduled_until : null,
    waiting_for: waitingFor(task, now, parents),
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

const waitOf = ({ runs, failures, last_error }: ExistingTask): { readonly what: Wait; readonly why: string } => {
  const last = runs.at(-1);
  const run = `run ${last?.run ?? '?'}`;
  const what = waitAfter(last?.end);
  if (what === 'cool_down') return { what, why: `${run} met a rate limit` };
  return { what, why: `${run} failed, ${failures} in a row${last_error === null ? '' : `: ${last_error.slice(0, 200)}`}` };
};

const waitingFor = (task: ExistingTask, now: number, parents: readonly ParentView[]): WaitingFor | null => {
  if (task.status === 'scheduled') return { what: 'schedule', until: task.scheduled_until };
  const open = task.status === 'todo' ? parents.filter(({ finished, waived }) => !finished && !waived) : [];
  if (task.status === 'todo' && open.length === 0 && task.block_memory?.kind === 'dependency')
    return { what: 'block', kind: 'dependency', reason: task.runs.at(-1)?.error ?? 'no parent says on what', since: task.updated_at };
  if (open.length > 0) return { what: 'parents', unfinished: open.length, waits_for: open.slice(0, NAMED).map(({ task_id }) => task_id) };
  if (isWaiting(task, instantOf(now)) && task.not_before !== null) return { ...waitOf(task), until: task.not_before };
  if (task.status !== 'blocked') return null;
  switch (task.blocked.by) {
    case 'creation':
      return { what: 'creation' };
    case 'block':
      return { what: 'block', kind: task.blocked.kind, reason: task.blocked.reason, since: task.blocked.since };
    case 'breaker':
      return { what: 'breaker', failures: task.blocked.failures, limit: task.blocked.limit, since: task.blocked.since };
  }
};
