import type { ExistingTask, OpenRun, Place, RunningTask } from './state.ts';

/**
 * A task with this open run. Every claim and beat comes here twice, when it is decided and when it is stored, so it is written field by field: a
 * spread costs V8 seven times as much, and gives its objects many shapes, which makes all code slow that reads them (docs/adr/literals-not-copies.md).
 */
export const running = (task: ExistingTask, run: OpenRun, { revision, updated_at, status_since }: Place, not_before = task.not_before): RunningTask => ({
  status: 'running',
  run,
  task_id: task.task_id,
  board: task.board,
  title: task.title,
  body: task.body,
  input: task.input,
  labels: task.labels,
  assignee: task.assignee,
  priority: task.priority,
  parents: task.parents,
  waived: task.waived,
  tenant: task.tenant,
  idempotency_key: task.idempotency_key,
  created_at: task.created_at,
  created: task.created,
  limits: task.limits,
  revision,
  updated_at,
  status_since,
  failures: task.failures,
  last_error: task.last_error,
  not_before,
  block_memory: task.block_memory,
  runs: task.runs,
  comments: task.comments,
});
