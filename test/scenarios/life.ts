import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import type { PolicyValues } from '../../src/domain/policy.ts';
import type { WatchdogOptions } from '../../src/watchdog/ports.ts';
import { taskId } from '../support/taskLog.ts';
import { machine, type Machine, type Temper } from '../watchdog/support/machine.ts';
import type { MemoryBoard } from '../watchdog/support/memoryBoard.ts';
import { scene, type Scene } from '../watchdog/support/scene.ts';

/** What becomes of one run. Only `fine` ones may not be taken away. */
const FATES = ['fine', 'fine', 'fine', 'fails', 'crashes', 'loses its supervisor', 'hangs', 'hangs and wakes'] as const;
type Fate = (typeof FATES)[number];

export const SHORT: PolicyValues = { claim_ttl_ms: 60_000, heartbeat_max_stale_ms: 120_000, failure_limit: 5, same_error_limit: 0 };
const BEAT_MS = 15_000;

/** Reproducible chance (mulberry32). */
export const chance = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    between: (low: number, high: number) => low + next() * (high - low),
    pick: <Item>(items: readonly Item[], or: Item): Item => items[Math.floor(next() * items.length)] ?? or,
  };
};

export type Life = {
  readonly scene: Scene;
  readonly tasks: readonly string[];
  /** `task/run`: when its worker stopped being fine; runs that stayed fine are not here. */
  readonly faults: ReadonlyMap<string, number>;
  /** A fine worker was told that it does not hold its run. */
  readonly wronged: readonly string[];
  readonly over: () => Promise<boolean>;
  readonly play: (atMostMs: number) => Promise<void>;
};

/** Far more than all watchdogs may ask at one instant. */
const ASKED_AT_ONCE = 100_000;

/** Workers on two machines, their faults, suspended machines, an unreachable store and restarted watchdogs. */
export const life = ({ seed, tasks: count, workers }: { readonly seed: number; readonly tasks: number; readonly workers: number }): Life => {
  const s = scene();
  const { between, pick } = chance(seed);
  const tasks = Array.from({ length: count }, (_, n) => taskId(n + 1));
  const faults = new Map<string, number>();
  const wronged: string[] = [];
  const machines = [s.here, machine('build-2')];
  const now = { down: false, ended: false };

  const asked = { at: Number.NaN, times: 0 };
  const reach = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (asked.at !== s.clock.monotonic()) Object.assign(asked, { at: s.clock.monotonic(), times: 0 });
    asked.times += 1;
    // Time goes on only when nothing is left to do, so asking on and on must fail here: no timeout would end it.
    if (asked.times > ASKED_AT_ONCE) throw new Error('the watchdogs ask on and on while no time passes');
    if (now.down) throw new StoreUnavailable('no answer', 'wait');
    return ask();
  };
  /** As supervisors and handles do: until stored or fenced. */
  const untilAnswered = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    while (now.down) await s.clock.sleep(1000);
    return ask();
  };
  const say: MemoryBoard['execute'] = (command) => untilAnswered(() => s.board.execute(command));
  const isOver = async (): Promise<boolean> => {
    const states = await Promise.all(tasks.map((id) => s.board.load(id)));
    return states.every(({ status }) => status === 'done' || status === 'blocked');
  };

  const claimOne = async (worker: string): Promise<{ readonly task_id: string; readonly run: number } | undefined> => {
    for (const task_id of tasks) {
      if ((await s.board.load(task_id)).status !== 'ready') continue;
      const answer = await say({ type: 'ClaimTask', task_id, worker });
      if (answer.ok) return { task_id, run: answer.run };
    }
    return undefined;
  };
  const fault = (task_id: string, run: number): void => void faults.set(`${task_id}/${run}`, s.clock.monotonic());
  const beats = async (held: { readonly task_id: string; readonly run: number; readonly worker: string }, ms: number): Promise<void> => {
    const end = s.clock.monotonic() + ms;
    while (s.clock.monotonic() < end && !now.ended) {
      await s.clock.sleep(Math.min(BEAT_MS, end - s.clock.monotonic()));
      const answer = await say({ type: 'RecordHeartbeat', ...held });
      if (!answer.ok) wronged.push(`${held.task_id}/${held.run} ${answer.message}`);
    }
  };
  const live = async (worker: string, on: Machine): Promise<void> => {
    const claimed = await claimOne(worker);
    if (claimed === undefined) return s.clock.sleep(5000);
    const { task_id, run } = claimed;
    const temper = pick<Temper>(['obeys', 'obeys', 'ignores SIGTERM'], 'obeys');
    const [supervisor, child] = [on.spawn(), on.spawn({ temper })];
    const held = { task_id, run, worker };
    await say({ type: 'RecordWorkerStarted', ...held, ...on.started(supervisor, child) });
    const fate: Fate = pick(FATES, 'fine');
    await beats(held, between(5000, 150_000));
    if (fate !== 'fine') fault(task_id, run);
    await end(fate, held, { on, supervisor, child });
  };
  type Processes = { readonly on: Machine; readonly supervisor: number; readonly child: number };
  const end = async (
    fate: Fate,
    held: { readonly task_id: string; readonly run: number; readonly worker: string },
    { on, supervisor, child }: Processes,
  ): Promise<void> => {
    switch (fate) {
      case 'fine': {
        const answer = await say({ type: 'CompleteTask', ...held });
        if (!answer.ok) wronged.push(`${held.task_id}/${held.run} ${answer.message}`);
        on.kill(child);
        return on.kill(supervisor);
      }
      case 'fails':
        await say({ type: 'FailRun', ...held, error: 'exit 1', exit_code: 1 });
        on.kill(child);
        return on.kill(supervisor);
      case 'crashes':
        on.kill(child);
        return on.kill(supervisor);
      case 'loses its supervisor':
        return on.kill(supervisor);
      case 'hangs':
        return s.clock.sleep(between(1000, 60_000));
      case 'hangs and wakes':
        await s.clock.sleep(between(200_000, 900_000));
        // Too late or not: whatever the board answers is right, and only the history shows whether it was.
        await say({ type: 'CompleteTask', ...held });
        return s.clock.sleep(1000);
    }
  };
  const work = async (worker: string, on: Machine): Promise<void> => {
    while (!now.ended) await live(worker, on);
  };

  const ports = (): Partial<WatchdogOptions> => ({
    load: (id) => reach(() => s.board.load(id)),
    board: () => reach(s.board.state),
    dispatch: (command, options) => reach(() => s.board.execute(command, options)),
    record: (event) => reach(() => s.board.record(event)),
    recorded: () => reach(s.board.recorded),
  });
  const trouble = async (): Promise<void> => {
    const watchdogs = [s.begin({ on: s.here, ...ports() }), s.begin({ on: s.here, ...ports() }), s.begin({ on: machines[1] ?? s.here, ...ports() })];
    while (!now.ended) {
      // Long enough for a fresh lease to end: a watchdog that starts anew does not know of a hold that nobody could record.
      await s.clock.sleep(between(120_000, 400_000));
      const what = pick(['jump', 'jump back', 'outage', 'restart', 'restart'], 'restart');
      if (what === 'jump') s.clock.jump(between(60_000, 8 * 3_600_000));
      if (what === 'jump back') s.clock.jump(-between(40_000, 300_000));
      if (what === 'outage') {
        now.down = true;
        await s.clock.sleep(between(5000, 90_000));
        now.down = false;
      }
      if (what === 'restart') {
        const index = Math.floor(between(0, watchdogs.length));
        await watchdogs[index]?.close();
        await s.clock.sleep(between(0, 20_000));
        watchdogs[index] = s.begin({ on: index === 2 ? (machines[1] ?? s.here) : s.here, ...ports() });
      }
    }
  };
  return {
    scene: s,
    tasks,
    faults,
    wronged,
    over: isOver,
    play: async (atMostMs) => {
      await s.board.policy(SHORT);
      for (const task_id of tasks) await s.board.execute({ type: 'CreateTask', task_id, board: 'main', title: task_id });
      const acting = [trouble(), ...Array.from({ length: workers }, (_, n) => work(`worker-${n}`, machines[n % 2] ?? s.here))];
      for (let passed = 0; passed < atMostMs && !(await isOver()); passed += 60_000) await s.clock.advance(60_000);
      now.ended = true;
      await s.clock.advance(1_000_000);
      await Promise.all(acting);
    },
  };
};
