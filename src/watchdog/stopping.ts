import type { BoardState } from '../domain/board/board.ts';
import { inForce } from '../domain/policy.ts';
import { layersOf } from '../domain/task/decision.ts';
import type { RunningTask } from '../domain/task/state.ts';
import { actorOf, commandId, judgeOf } from './assess.ts';
import type { HoldKeeper } from './holdKeeper.ts';
import type { WatchdogOptions } from './ports.ts';
import type { ProcessWatch } from './processWatch.ts';

type Stopping = Pick<WatchdogOptions, 'stop' | 'dispatch' | 'id' | 'version'> & {
  readonly keeper: HoldKeeper;
  readonly watch: ProcessWatch;
  readonly boardState: () => BoardState;
  /** The watchdog ends: what was not stopped by then is not reported; the next watchdog goes on. */
  readonly signal: AbortSignal;
};

/** Stops the child of a revoked run and reports how that went. */
export const stopper =
  (given: Stopping) =>
  async (task: RunningTask): Promise<void> => {
    const { stop, keeper, watch, boardState, signal, dispatch } = given;
    const { task_id, run } = task;
    if (run.started === null) return;
    const grace_ms = inForce('stop_grace_ms', layersOf(task, boardState())).value;
    const { stop: stopped, survivors } = await stop.stop(run.started, { grace_ms, signal });
    if (signal.aborted) return;
    const probe = watch.look(task_id, run);
    await keeper.write(() =>
      dispatch(
        { type: 'ReportStop', task_id, run: run.run, stop: stopped, survivors: [...survivors], probe, judge: judgeOf(given) },
        { command_id: commandId(task, 'stopped'), actor: actorOf(given) },
      ),
    );
  };
