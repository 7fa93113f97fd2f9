import { instantOf } from '../../domain/instant.ts';
import { activityDueIn } from '../../domain/lease.ts';
import { activityBeats } from './activity.ts';
import type { HeldRun } from './heldRun.ts';
import type { SupervisedRun, Supervision } from './supervision.ts';

/** The output of a child as beats of its run, at most one each interval; none while the child beats by itself. Never throws. */
export const outputBeats = (run: SupervisedRun, deps: Supervision, held: HeldRun): (() => void) => {
  const { board, clock, watch } = deps;
  const { task_id, worker, lease_ms } = run;
  let own: string | undefined;
  const beat = async (): Promise<void> => {
    if (await beatsByItself()) return;
    const answer = await board.execute({ type: 'RecordHeartbeat', task_id, run: run.run, worker, source: 'activity' });
    if (answer.ok) {
      own = answer.revision;
      held.extendedTo(answer.claim_expires);
    } else if (answer.code === 'StaleRun') await watch.check(task_id);
  };
  const beatsByItself = async (): Promise<boolean> => {
    const task = await board.load(task_id);
    const last = task.status === 'running' && task.run.run === run.run ? task.run.last_beat : null;
    return last !== null && String(last.revision) !== own && activityDueIn(last.at, lease_ms, instantOf(clock.now())) > 0;
  };
  const active = activityBeats({ beat, lease_ms, clock });
  return () => (held.over() ? undefined : active());
};
