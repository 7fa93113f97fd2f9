import type { Benchmark } from './support/benchmark.ts';
import { beaten, streamOf, taskIdOf, workerOf } from './support/boardEvents.ts';
import { boardOfReadyTasks, claimAll } from './support/boards.ts';
import { rateOfCallers, sideBySide, thousands } from './support/measure.ts';
import { rawAppend } from './support/raw.ts';

const TASKS = 1024;
const LEASE_MS = 900_000;

/** Heartbeats through the whole board against what the store and the disk give. */
export const heartbeats: Benchmark = {
  name: 'heartbeats',
  targets: [
    { id: 'beats 1', what: '1 caller through the board / append 300 B + fdatasync', unit: 'x', at_least: 0.5 },
    { id: 'beats 64', what: '64 callers through the board / the same through the bare adapter', unit: 'x', at_least: 0.5 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const { holdfast } = await boardOfReadyTasks(folder, 'board', 2 * TASKS);
    await claimAll(holdfast, 0, TASKS, () => LEASE_MS);
    const { board, store } = holdfast;
    const next = new Map<number, number>();
    /** The callers take turns among tasks of their own. */
    const mine = (caller: number, callers: number): number => {
      const n = next.get(caller) ?? caller;
      next.set(caller, n + callers < TASKS ? n + callers : caller);
      return n;
    };
    const beat = async (n: number) => {
      const answer = await board.execute({ type: 'RecordHeartbeat', task_id: taskIdOf(n), run: 1, worker: workerOf(n), note: 'packing', percent: 10 });
      if (!answer.ok) throw new Error(answer.message);
    };
    const heads = new Map<number, bigint>();
    const append = async (n: number) => {
      const event = beaten(n, Date.now(), LEASE_MS);
      heads.set(n, (await store.append(streamOf(TASKS + n), [event], heads.get(n) ?? 0n)).revision);
    };
    const ms = quick ? 200 : 1500;
    const raw = rawAppend(folder);
    const rates = await sideBySide(rounds, {
      raw: () => raw.rate(ms),
      board1: () => rateOfCallers(1, ms, (caller) => beat(mine(caller, 1))),
      board64: () => rateOfCallers(64, ms, (caller) => beat(mine(caller, 64))),
      store64: () => rateOfCallers(64, ms, (caller) => append(mine(caller, 64))),
    });
    raw.close();
    await holdfast.close();
    return [
      { id: 'beats 1', value: rates.ratio('board1', 'raw'), note: `${thousands(rates.median('board1'))} / ${thousands(rates.median('raw'))} a second` },
      {
        id: 'beats 64',
        value: rates.ratio('board64', 'store64'),
        note: `${thousands(rates.median('board64'))} / ${thousands(rates.median('store64'))} a second`,
      },
    ];
  },
};
