import type { ProcessProbe } from '../../../domain/processPorts.ts';
import type { Actor, Cast } from './cast.ts';
import { eventsOf } from './eventsOf.ts';
import { libraryLines } from './libraryLines.ts';
import type { Narrator } from './narrator.ts';
import { ASKING_WORKER, type CreatedTasks } from './tasks.ts';
import { Unmet, type Witness } from './witness.ts';

export type Stage = {
  readonly board: string;
  readonly tasks: CreatedTasks;
  readonly witness: Witness;
  readonly cast: Cast;
  readonly probe: ProcessProbe;
  readonly deed: Narrator['deed'];
  /** Ends all waiting: what is said there has gone wrong, and nothing more will come. */
  readonly giveUp: (why: string) => void;
};

export const LIBRARY_WORKER = 'eve';

/** (1) kill −9 of a supervisor whose child writes nothing. */
export const loseSupervisor = async ({ tasks: { silent: task_id }, witness, cast, deed }: Stage): Promise<void> => {
  const { data } = await witness.sees({ type: 'WorkerStarted', task_id });
  // Extended: its supervisor has let it begin, and has looked at it since.
  await witness.sees({ type: 'ClaimExtended', task_id });
  const supervisor = ours(cast, data.supervisor.pid);
  deed('silent', `kill -9 ${supervisor.pid}: ${supervisor.name}, the supervisor, is gone; its child ${data.child.pid} lives on and writes nothing`);
  supervisor.signal('SIGKILL');
  await witness.sees({ type: 'TaskCompleted', task_id });
};

/** (2) SIGSTOP of a child that has beaten, under a live supervisor. */
export const freezeChild = async ({ tasks: { frozen: task_id }, witness, probe, deed }: Stage): Promise<void> => {
  const { data } = await witness.sees({ type: 'WorkerStarted', task_id });
  await witness.sees({ type: 'HeartbeatRecorded', task_id });
  const { pid, started_at } = data.child;
  if (probe.identify(pid)?.started_at !== started_at) throw new Unmet(`child ${pid} of ${task_id} to run`, 'no such process');
  deed('frozen', `kill -STOP ${pid}: the child of ${data.worker} has beaten and now hangs; its supervisor lives`);
  process.kill(pid, 'SIGSTOP');
  try {
    await witness.sees({ type: 'TaskCompleted', task_id });
  } catch (error) {
    if (probe.identify(pid)?.started_at === started_at) process.kill(pid, 'SIGCONT'); // so that its supervisor can end it at once
    throw error;
  }
};

/** (3) SIGSTOP of a library worker that looks no more at its signal, and SIGCONT when another has its task. */
export const stopLibraryWorker = async ({ board, tasks: { library: task_id }, witness, cast, deed }: Stage): Promise<void> => {
  const worker = cast.script(LIBRARY_WORKER, 'interfaces/cli/demo/libraryWorker.js', [board, LIBRARY_WORKER]);
  const ready = await worker.said((output) => libraryLines(output).some((line) => 'ready' in line));
  if (!ready) throw new Unmet(`the library worker to be ready to complete ${task_id}`, `exit ${worker.ended()?.code ?? 'by a signal'}, see ${worker.log}`);
  deed('library', `kill -STOP ${worker.pid}: ${worker.name} has beaten and is about to complete`);
  worker.signal('SIGSTOP');
  await witness.sees({ type: 'TaskClaimed', task_id, where: ({ data }) => data.run === 2 });
  deed('library', `kill -CONT ${worker.pid}: ${worker.name} goes on where it stood, and completes run 1`);
  worker.signal('SIGCONT');
  await witness.sees({ type: 'StaleCommandRefused', task_id });
  await witness.sees({ type: 'TaskCompleted', task_id });
  await worker.exit;
};

/** (4) A task that always fails. */
export const failAlways = async ({ tasks: { failing: task_id }, witness }: Stage): Promise<void> => {
  await witness.sees({ type: 'TaskGaveUp', task_id });
};

/** What the worker asks; nobody ever answers. */
export const QUESTIONS = ['which package?', 'which package, and packed how?', 'still: which package?'] as const;
/** Longer than any machine takes from one command to the next. */
const LEASE = '5m';

/** (5) A worker asks, a person lets it go on without an answer, again and again: all by the command line. */
export const loopBlocked = async ({ board, tasks: { loop: task_id }, witness, cast }: Stage): Promise<void> => {
  const type = async (name: string, ...args: readonly string[]): Promise<void> => {
    const actor = cast.holdfast(name, [...args, '--board', board]);
    const { code } = await actor.exit;
    if (code !== 0) throw new Unmet(`holdfast ${args.join(' ')} to exit 0`, `exit ${code ?? 'by a signal'}, see ${actor.log}`);
  };
  for (const [n, question] of QUESTIONS.entries()) {
    await type(`claim-${n + 1}`, 'claim', task_id, '--worker', ASKING_WORKER, '--lease', LEASE);
    await type(`block-${n + 1}`, 'block', task_id, '--run', String(n + 1), '--worker', ASKING_WORKER, '--reason', question);
    await type(`unblock-${n + 1}`, 'unblock', task_id, '--reason', 'just go on');
  }
  await witness.until(`${QUESTIONS.length} times TaskUnblocked of ${task_id}`, (events) => eventsOf('TaskUnblocked', events).length === QUESTIONS.length);
};

/** Only what we started ourselves is killed. */
const ours = (cast: Cast, pid: number): Actor => {
  const actor = cast.actors().find((each) => each.pid === pid);
  if (actor === undefined) throw new Unmet(`supervisor ${pid} to be a process of the demo`, 'another process');
  return actor;
};
