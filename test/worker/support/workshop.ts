import process from 'node:process';
import type { Board, StoredTaskEvent } from '../../../src/board/board.ts';
import { openHoldfast, type Holdfast } from '../../../src/compose.ts';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import type { Claimed } from '../../../src/domain/task/answers.ts';
import { systemClock, type Clock } from '../../../src/platform/clock.ts';
import { systemProcesses } from '../../../src/platform/processes.ts';
import { processProbe } from '../../../src/watchdog/probe.ts';
import { processStop } from '../../../src/watchdog/stop.ts';
import { runWatch, type RunWatch } from '../../../src/worker/runWatch.ts';
import { supervise } from '../../../src/worker/child/supervise.ts';
import type { ChildSpec, Supervised, Supervision } from '../../../src/worker/child/supervision.ts';

const processes = systemProcesses();
export const probe = processProbe({ processes });

/** A board in memory with one worker's tools, and short ways to say what the specs say often. */
export type Workshop = {
  readonly holdfast: Holdfast;
  readonly board: Board;
  readonly clock: Clock;
  readonly watch: RunWatch;
  readonly deps: Supervision;
  claim(task?: { readonly title?: string; readonly input?: string | { readonly [key: string]: string } }, lease_ms?: number): Promise<Claimed>;
  /** Supervises `sh -c script` for a run. */
  run(script: string, claimed: Claimed, more?: { readonly child?: Partial<ChildSpec>; readonly deps?: Partial<Supervision> }): Promise<Supervised>;
  types(taskId: string): Promise<readonly string[]>;
  /** Resolves with the first event of that type, past or to come. */
  event<Type extends StoredTaskEvent['type']>(taskId: string, type: Type): Promise<Extract<StoredTaskEvent, { type: Type }>>;
  cancel(taskId: string, force?: boolean): Promise<void>;
  close(): Promise<void>;
};

const isOf = <Type extends StoredTaskEvent['type']>(type: Type, event: StoredTaskEvent): event is Extract<StoredTaskEvent, { type: Type }> =>
  event.type === type;

export const openWorkshop = async ({
  clock = systemClock(),
  policy = {},
  store = 'memory:',
}: { readonly clock?: Clock; readonly policy?: PolicyValues; readonly store?: string } = {}): Promise<Workshop> => {
  const holdfast = await openHoldfast({ store, board: 'main', actor: { kind: 'agent', id: 'ada' }, surface: 'test', create: true, clock });
  const { board } = holdfast;
  const made = await board.change({ type: 'CreateBoard', board: 'main', policy });
  if (!made.ok && made.code !== 'AlreadyExists') throw new Error(made.message);
  const watch = runWatch({ board, clock });
  const deps: Supervision = { board, watch, probe, stop: processStop({ processes, clock }), clock, store: '/srv/board/.holdfast', version: '0.1.0' };
  const event: Workshop['event'] = async (taskId, type) => {
    const end = new AbortController();
    try {
      for await (const { events } of board.follow({ after: -1n, signal: end.signal })) {
        const found = events.find((stored) => stored.task_id === taskId && stored.type === type);
        if (found !== undefined && isOf(type, found)) return found;
      }
    } finally {
      end.abort();
    }
    throw new Error(`the board closed before ${type}`);
  };
  return {
    holdfast,
    board,
    clock,
    watch,
    deps,
    claim: async ({ title = 'a task', input } = {}, lease_ms) => {
      const created = await board.create({ title, ...(input === undefined ? {} : { input }) });
      if (!created.ok) throw new Error(created.message);
      const claimed = await board.execute({ type: 'ClaimTask', task_id: created.task_id, worker: 'ada', ...(lease_ms === undefined ? {} : { lease_ms }) });
      if (!claimed.ok) throw new Error(claimed.message);
      return claimed;
    },
    run: (script, claimed, more = {}) =>
      supervise({ command: 'sh', args: ['-c', script], cwd: process.cwd(), env: process.env, on_zero: 'complete', ...more.child }, claimed, {
        ...deps,
        ...more.deps,
      }),
    types: async (taskId) => (await board.history(taskId)).map(({ type }) => type),
    event,
    cancel: async (taskId, force = false) => {
      const task = await board.load(taskId);
      const run = task.status === 'running' ? task.run : { process: null, started: null };
      const answer = await board.execute({
        type: 'CancelTask',
        task_id: taskId,
        force,
        probe: probe.look(run),
        judge: { kind: 'operator', id: 'eve', version: '0.1.0' },
      });
      if (!answer.ok) throw new Error(answer.message);
    },
    close: async () => {
      await watch.close();
      await holdfast.close();
    },
  };
};
