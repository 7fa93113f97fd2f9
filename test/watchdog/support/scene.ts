import type { TaskEventType } from '../../../src/domain/task/events.ts';
import type { WatchdogOptions } from '../../../src/watchdog/ports.ts';
import { processProbe } from '../../../src/watchdog/probe.ts';
import { processStop } from '../../../src/watchdog/stop.ts';
import { startWatchdog, type Watchdog } from '../../../src/watchdog/watchdog.ts';
import { virtualClock, type VirtualClock } from '../../support/virtualClock.ts';
import { machine, type Machine, type Temper } from './machine.ts';
import { memoryBoard, type MemoryBoard } from './memoryBoard.ts';

/** A board, machines and watchdogs in virtual time. */
export type Scene = {
  readonly clock: VirtualClock;
  readonly board: MemoryBoard;
  readonly here: Machine;
  readonly begin: (options?: Partial<WatchdogOptions> & { readonly on?: Machine }) => Watchdog;
  /** Starts a watchdog and waits until it is caught up. */
  readonly watch: (options?: Partial<WatchdogOptions> & { readonly on?: Machine }) => Promise<Watchdog>;
  /** A task with a claim; `process`: of its holder. */
  readonly claim: (taskId: string, process?: { readonly pid: number; readonly on?: Machine }) => Promise<void>;
  /** A task with a claim, its supervisor and child. */
  readonly supervise: (
    taskId: string,
    options?: { readonly temper?: Temper; readonly on?: Machine },
  ) => Promise<{ readonly supervisor: number; readonly child: number }>;
  readonly beat: (taskId: string) => Promise<unknown>;
  readonly types: (taskId: string) => Promise<readonly string[]>;
  readonly last: (taskId: string, type: TaskEventType) => Promise<unknown>;
  readonly warnings: readonly string[];
  readonly errors: readonly unknown[];
  readonly end: () => Promise<void>;
};

export const scene = (): Scene => {
  const clock = virtualClock();
  const board = memoryBoard({ clock });
  const here = machine();
  const open: Watchdog[] = [];
  const [warnings, errors]: [string[], unknown[]] = [[], []];
  const log = { warn: (_: object, message: string) => void warnings.push(message), error: (facts: object) => void errors.push(facts) };

  const begin: Scene['begin'] = ({ on = here, ...options } = {}) => {
    const processes = on.table();
    const watchdog = startWatchdog({
      changes$: board.changes$,
      load: board.load,
      board: board.state,
      dispatch: board.execute,
      pause: board.pause,
      record: board.record,
      recorded: board.recorded,
      probe: processProbe({ processes }),
      stop: processStop({ processes, clock }),
      clock,
      id: `wd_${open.length + 1}`,
      version: '0.1.0',
      log,
      ...options,
    });
    open.push(watchdog);
    return watchdog;
  };
  const watch: Scene['watch'] = async (options) => {
    const watchdog = begin(options);
    const caughtUp = clock.advance(20);
    await watchdog.caughtUp;
    await caughtUp;
    return watchdog;
  };
  const claim: Scene['claim'] = async (taskId, holder) => {
    await board.policy({});
    await board.execute({ type: 'CreateTask', task_id: taskId, board: 'main', title: taskId });
    const process = holder === undefined ? null : processProbe({ processes: (holder.on ?? here).table() }).identify(holder.pid);
    const answer = await board.execute({ type: 'ClaimTask', task_id: taskId, worker: 'ada', process });
    if (!answer.ok) throw new Error(answer.message);
  };
  return {
    clock,
    board,
    here,
    begin,
    watch,
    claim,
    supervise: async (taskId, { temper = 'obeys', on = here } = {}) => {
      await claim(taskId);
      const [supervisor, child] = [on.spawn(), on.spawn({ temper })];
      await board.execute({ type: 'RecordWorkerStarted', task_id: taskId, run: 1, worker: 'ada', ...on.started(supervisor, child) });
      return { supervisor, child };
    },
    beat: (taskId) => board.execute({ type: 'RecordHeartbeat', task_id: taskId, run: 1, worker: 'ada' }),
    types: async (taskId) => (await board.history(taskId)).map(({ type }) => type),
    last: async (taskId, type) => (await board.history(taskId)).findLast((event) => event.type === type)?.data,
    warnings,
    errors,
    end: async () => {
      // Not waited for: a watchdog that died in the middle of a call never ends.
      for (const watchdog of open) void watchdog.close();
      await clock.advance(10_000);
    },
  };
};
