import type { Holdfast } from '../src/compose.ts';
import type { ProcessProbe, ProcessStop } from '../src/domain/processPorts.ts';
import { toMs } from '../src/domain/instant.ts';
import { NOT_LOOKED } from '../src/domain/process.ts';
import { claimChanges$ } from '../src/projections/live.ts';
import { startWatchdog, type Watchdog } from '../src/watchdog/watchdog.ts';
import { watchdogRecord } from '../src/board/watchdogRecord.ts';
import type { Benchmark } from './support/benchmark.ts';
import { BOARD } from './support/boardEvents.ts';
import { boardOfReadyTasks, claimAll } from './support/boards.ts';
import { quantile, thousands } from './support/measure.ts';

const HOUR = 3_600_000;
/** Leases end so long after they were written, for the watchdog to hear of them first. */
const AHEAD_MS = 3_000;

/** A watchdog of many claims without a process: deadline to TaskReclaimed on disk. */
export const reclaim: Benchmark = {
  name: 'reclaim',
  targets: [
    { id: 'reclaim p99', what: '1 % of 100,000 live claims expire: TaskReclaimed after deadline, p99', unit: 'ms', at_most: 250 },
    { id: 'mass expiry', what: '20,000 claims that expire at once: reclaimed', unit: '/s' },
  ],
  run: async ({ quick, folder }) => {
    const live = quick ? 5_000 : 100_000;
    const [few, many] = quick ? [50, 1_000] : [1_000, 20_000];
    const { holdfast } = await boardOfReadyTasks(folder, 'board', live + few + many);
    await claimAll(holdfast, 0, live, () => HOUR);
    const watchdog = await watched(holdfast);
    await watchdog.caughtUp;
    const single = await expiries(holdfast, live, few, (i) => AHEAD_MS + (i * 10_000) / few);
    const mass = await expiries(holdfast, live + few, many, () => AHEAD_MS);
    await watchdog.close();
    await holdfast.close();
    return [
      { id: 'reclaim p99', value: quantile(single, 0.99), note: `median ${quantile(single, 0.5).toFixed(1)} ms, of ${thousands(few)}` },
      { id: 'mass expiry', value: (many * 1000) / Math.max(...mass), note: `${thousands(many)} in ${Math.max(...mass).toFixed(0)} ms` },
    ];
  },
};

/** Claims `count` tasks from `first` on and waits until all are taken back: how long each was overdue (ms). */
const expiries = async (holdfast: Holdfast, first: number, count: number, leaseMs: (i: number) => number): Promise<readonly number[]> => {
  const messages = holdfast.store.subscribe({ after: await holdfast.store.head(), prefixes: ['task-'] });
  await claimAll(holdfast, first, first + count, (n) => leaseMs(n - first));
  const expires = new Map<string, number>();
  const late: number[] = [];
  for await (const message of messages) {
    const now = Date.now();
    for (const { type, stream, data } of message.kind === 'events' ? message.events : []) {
      if (type === 'TaskClaimed') expires.set(stream, toMs(String(data['claim_expires'])));
      if (type === 'TaskReclaimed') late.push(now - (expires.get(stream) ?? Number.NaN));
    }
    if (late.length === count) break;
  }
  return late;
};

const NOBODY: ProcessProbe = { host: null, self: () => null, identify: () => null, look: () => NOT_LOOKED };
const NOTHING_TO_STOP: ProcessStop = { stop: () => Promise.reject(new Error('no claim here has a process')) };

const watched = async ({ board, store, ids, clock, readModel }: Holdfast): Promise<Watchdog> => {
  const { recorded, record } = watchdogRecord({ store, board: BOARD, ids });
  return startWatchdog({
    changes$: claimChanges$({ readModel: await readModel(), board: BOARD }),
    load: (taskId) => board.load(taskId),
    board: () => board.state(),
    dispatch: (command, options) => board.execute(command, options),
    pause: (command, options) => board.change(command, options),
    recorded,
    record,
    probe: NOBODY,
    stop: NOTHING_TO_STOP,
    clock,
    id: 'wd_bench',
    version: '0',
    head: () => store.head(),
  });
};
