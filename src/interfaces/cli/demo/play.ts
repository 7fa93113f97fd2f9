import { built } from '../../../platform/packageRoot.ts';
import { failAlways, freezeChild, loopBlocked, loseSupervisor, stopLibraryWorker, type Stage } from './acts.ts';
import { eventsOf } from './eventsOf.ts';
import { Unmet } from './witness.ts';

const TASK = built('interfaces/cli/demo/demoTask.js');
const WORKERS = ['ada', 'bob', 'cyn', 'dan'] as const;

/**
 * All acts at once, and the ordinary work around them: one process that only watches, four supervisors, one library worker.
 * Resolves when every task but the looping one is done or given up; answers what did not come to pass.
 */
export const play = async (stage: Stage): Promise<readonly Unmet[]> => {
  const { witness, tasks } = stage;
  start(stage, 'watchdog', ['serve']);
  const library = stopLibraryWorker(stage);
  // It must have its task before the others, who would take it too, begin.
  await Promise.race([witness.sees({ type: 'TaskClaimed', task_id: tasks.library }), library]).catch(() => undefined);
  const command = ['--', process.execPath, TASK, '{task_id}', '{input}'];
  for (const worker of WORKERS) start(stage, worker, ['work', '--worker', worker, '--no-watchdog'], command);
  const outcomes = await Promise.allSettled([loseSupervisor(stage), freezeChild(stage), library, failAlways(stage), loopBlocked(stage), settled(stage)]);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return [];
    const reason: unknown = outcome.reason;
    if (reason instanceof Unmet) return [reason];
    throw reason;
  });
};

/** One that the play needs to its end: only a signal of ours may end it. */
const start = ({ board, cast, giveUp }: Stage, name: string, args: readonly string[], command: readonly string[] = []): void => {
  const actor = cast.holdfast(name, [...args, '--board', board, ...command]);
  void actor.exit.then(({ code }) => code !== null && giveUp(`${name} ended by itself with exit ${code}, see ${actor.log}`));
};

const settled = ({ witness, tasks }: Stage): Promise<void> =>
  witness.until(`all ${tasks.all.length - 1} tasks done or given up`, (events) => {
    const ended = new Set([...eventsOf('TaskCompleted', events), ...eventsOf('TaskGaveUp', events)].map(({ task_id }) => task_id));
    return tasks.all.every((id) => id === tasks.loop || ended.has(id));
  });
