import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { durationText } from '../../domain/duration.ts';
import type { ExistingTask } from '../../domain/task/state.ts';

type WorkerEnvironment = {
  readonly store: string;
  readonly board: string;
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  readonly lease_ms: number;
};

/** How a child finds the claim it works for (design §5 rule 9), and where it leaves when to come again. */
export const workerEnvironment = (of: WorkerEnvironment, files: Pick<RunFiles, 'task' | 'retry_after'>): Readonly<Record<string, string>> => ({
  HOLDFAST_STORE: of.store,
  HOLDFAST_BOARD: of.board,
  HOLDFAST_TASK: of.task_id,
  HOLDFAST_RUN: String(of.run),
  HOLDFAST_WORKER: of.worker,
  HOLDFAST_LEASE: durationText(of.lease_ms),
  HOLDFAST_TASK_FILE: files.task,
  HOLDFAST_RETRY_AFTER_FILE: files.retry_after,
});

type RunFiles = {
  /** The task as JSON. */
  readonly task: string;
  /** Not there: the child may write a duration to it and end with exit 75 (docs/adr/retry-after.md). */
  readonly retry_after: string;
  readonly remove: () => Promise<void>;
};

/** What a child and its supervisor tell each other by files, in a folder of its own that only this user can read. */
export const runFiles = async (task: ExistingTask, run: number, worker: string): Promise<RunFiles> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  const path = join(folder, `${task.task_id}.json`);
  const { task_id, title, body, input, labels, assignee, priority, tenant, board, created_at, failures, last_error } = task;
  const facts = { task_id, board, run, worker, title, body, input, labels, assignee, priority, tenant, created_at, failures, last_error };
  await writeFile(path, `${JSON.stringify({ ...facts, previous_runs: task.runs.filter((ended) => ended.run < run) }, null, 2)}\n`, { mode: 0o600 });
  return { task: path, retry_after: join(folder, 'retry-after'), remove: () => rm(folder, { recursive: true, force: true }) };
};
