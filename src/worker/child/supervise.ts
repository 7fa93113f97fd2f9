import { inForce } from '../../domain/policy.ts';
import type { ExistingTask } from '../../domain/task/state.ts';
import { book } from './booking.ts';
import { commandFile, filledIn } from './commandLine.ts';
import { runChild } from './childRun.ts';
import { isRateLimit } from './exitVerdict.ts';
import { heldRun, type HeldRun } from './heldRun.ts';
import { retryAfterIn } from './retryAfter.ts';
import type { RunLog } from './runLog.ts';
import type { ChildSpec, Supervised, SupervisedRun, Supervision } from './supervision.ts';
import { messageOf } from './systemError.ts';
import { runFiles, workerEnvironment } from './workerEnvironment.ts';
import { untilStored } from '../untilStored.ts';

/**
 * Runs a command for a claimed run and sees it to its end on the board (design §5.4 to §5.6): its own process group behind a gate,
 * extensions while it lives, its output as activity and in its log, its exit booked, stopped when the board or this program says so. Resolves when
 * the end is stored, or somebody else's end is. Rejects on a failure of the store that waiting does not mend.
 */
export const supervise = async (child: ChildSpec, run: SupervisedRun, deps: Supervision): Promise<Supervised> => {
  const held = heldRun(run, deps);
  try {
    await untilStored(() => deps.watch.check(run.task_id), deps.clock);
    const task = await untilStored(() => deps.board.load(run.task_id), deps.clock);
    if (task.status === 'absent') throw new Error(`there is no task ${run.task_id}`);
    const { policy, store_policy } = await untilStored(() => deps.board.state(), deps.clock);
    const grace_ms = inForce('stop_grace_ms', { board: policy, store: store_policy }).value;
    return await withCommand({ child, run, deps, held, task, grace_ms });
  } finally {
    held.leave();
  }
};

type Prepared = {
  readonly child: ChildSpec;
  readonly run: SupervisedRun;
  readonly deps: Supervision;
  readonly held: HeldRun;
  readonly task: ExistingTask;
  readonly grace_ms: number;
};

const withCommand = async (prepared: Prepared): Promise<Supervised> => {
  const { child, run, deps, task } = prepared;
  const file = await commandFile(child.command, { path: child.env['PATH'] ?? '', cwd: child.cwd });
  if (file === undefined) return spawnFailed(prepared, `command not found: ${child.command}`);
  const written = await runFiles(task, run.run, run.worker).catch(messageOf);
  if (typeof written === 'string') return spawnFailed(prepared, `the file of the task could not be written: ${written}`);
  const log = deps.log?.(run);
  try {
    const environment = workerEnvironment({ ...run, store: deps.store, board: deps.board.name }, written);
    const spec = { file, args: filledIn(child.args, task), cwd: child.cwd, env: { ...child.env, ...environment } };
    const ending = await runChild({ ...prepared, spec, deps: log === undefined ? deps : keeping(log, deps) });
    const retry_after = isRateLimit(ending.exit) ? await retryAfterIn(written.retry_after) : null;
    return await book({ ...ending, on_zero: child.on_zero, retry_after }, run, deps);
  } finally {
    log?.close();
    await written.remove();
  }
};

const keeping = (log: RunLog, deps: Supervision): Supervision => ({
  ...deps,
  output: (chunk, stream) => {
    log.write(chunk);
    deps.output?.(chunk, stream);
  },
});

/** Nothing was started, so there is nothing to stop. */
const spawnFailed = ({ child, run, deps, held }: Prepared, spawn_error: string): Promise<Supervised> =>
  book(
    {
      cause: held.cause(),
      exit: { code: null, signal: null, spawn_error },
      own: { pid: undefined, started: null },
      stopped: { stop: { signals: [], confirmed: true, gone_at: null, took_ms: 0 }, survivors: [] },
      on_zero: child.on_zero,
      summary: null,
      last_output: null,
      retry_after: null,
    },
    run,
    deps,
  );
