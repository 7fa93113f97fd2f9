import { constants } from 'node:os';
import type { Board } from '../../../board/board.ts';
import type { Refusal } from '../../../domain/task/answers.ts';
import { supervise } from '../../../worker/child/supervise.ts';
import type { Supervised, SupervisedRun, Supervision } from '../../../worker/child/supervision.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { workerEnvironment } from '../identity.ts';
import type { Opened } from '../open.ts';
import { done, refused } from '../outcome.ts';
import { childOf, supervisionOf } from '../supervised.ts';
import { checkedId } from '../task.ts';

/** One command under one run; its output is ours (under --json all of it goes to stderr), and so is its exit code. */
export const run: Handler = async (call) => {
  const { io, json } = call;
  const child = childOf(call, 'require-verdict');
  const opened = await call.open();
  const told = io.stopped(); // from here on a signal gives the claim back; before, it just ends us
  const held = await heldRun(call, opened);
  if ('ok' in held) return refused(held);
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const output: Supervision['output'] = (chunk, stream) => {
    const text = decoders[stream].decode(chunk, { stream: true });
    if (stream === 'stdout' && !json) io.out(text);
    else io.err(text);
  };
  const deps = await supervisionOf(call, opened, { output, warn: (problem) => io.err(`holdfast: ${problem}\n`) });
  try {
    const ended = await supervise(child, held, deps);
    if (ended.spawn_error !== null && !json) io.err(`${ended.spawn_error}\n`);
    // We exit 0 as the command did, which would hide that the run failed.
    if (ended.ended === 'no_verdict' && !json) io.err(`${held.task_id} run ${held.run} failed: ${NO_VERDICT}${ended.gave_up ? '; the task gave up' : ''}\n`);
    return done({ task_id: held.task_id, run: held.run, ...ended }, '', exitOf(ended, told));
  } finally {
    await deps.watch.close();
  }
};

const NO_VERDICT = 'exit 0 without complete, fail, block or release; with --on-zero complete it would be done';

/** A fresh claim of the task named, or the run of the environment; a refusal when the board says no. */
const heldRun = async (call: Call, opened: Opened): Promise<SupervisedRun | Refusal> => {
  const { args, io, worker } = call;
  const given = args.text('task');
  const { task_id, run: current } = workerEnvironment(io);
  if (given !== undefined) return claimed(call, opened, checkedId(given));
  if (task_id === null || current === null)
    throw new UsageError('run needs --task ID, or the environment of a run (HOLDFAST_TASK, HOLDFAST_RUN)', { takes: '--task ID' });
  const alive = await livingChild(opened, task_id, current);
  if (alive !== undefined) return alive;
  const beat = await opened.board.execute({ type: 'RecordHeartbeat', task_id, run: current, worker, source: 'activity' }, call.execute);
  if (!beat.ok) return beat;
  return { task_id, run: current, worker, lease_ms: await leaseOf(opened.board, task_id), claim_expires: beat.claim_expires };
};

const claimed = async ({ args, worker, execute }: Call, { board, processes }: Opened, task_id: string): Promise<SupervisedRun | Refusal> => {
  const { probe } = await processes();
  const lease_ms = args.number('lease');
  const answer = await board.execute({ type: 'ClaimTask', task_id, worker, process: probe.self(), ...(lease_ms === undefined ? {} : { lease_ms }) }, execute);
  if (!answer.ok) return answer;
  const { run: number, claim_expires } = answer;
  return { task_id, run: number, worker, lease_ms: answer.lease_ms, claim_expires };
};

/** Two children under one run would work side by side on one task. */
const livingChild = async ({ board, processes }: Opened, task_id: string, current: number): Promise<Refusal | undefined> => {
  const task = await board.load(task_id);
  if (task.status !== 'running' || task.run.run !== current || task.run.started === null) return undefined;
  const { probe } = await processes();
  if (probe.look(task.run).process !== 'alive') return undefined;
  const { pid } = task.run.started.child;
  return { ok: false, code: 'StillAlive', message: `run ${current} of ${task_id} already has a child, pid ${pid}, and it lives`, task_id, run: current, pid };
};

const leaseOf = async (board: Board, taskId: string): Promise<number> => {
  const task = await board.load(taskId);
  return task.status === 'running' ? task.run.lease_ms : 0;
};

/** As shells and timeout(1) answer: the child's own code, 128 + signal (ours, where it came before the child began), 127 not found, 126 not startable. */
const exitOf = ({ ended, exit_code, signal, spawn_error }: Supervised, told: AbortSignal): number => {
  if (ended === 'shutdown' && spawn_error !== null) return 128 + numberOf(told.reason);
  if (spawn_error !== null) return spawn_error.startsWith('command not found') ? 127 : 126;
  return exit_code ?? 128 + numberOf(signal);
};

const numberOf = (signal: unknown): number => Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0;
