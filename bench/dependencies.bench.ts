import type { Holdfast } from '../src/compose.ts';
import type { NewEvent } from '../src/eventstore/port.ts';
import { created, streamOf, taskIdOf } from './support/boardEvents.ts';
import { boardOfReadyTasks } from './support/boards.ts';
import type { Benchmark } from './support/benchmark.ts';
import { appendAll } from './support/logs.ts';
import { sideBySide, thousands } from './support/measure.ts';

/** A task that waits for task `parents`. */
const waiting = (n: number, at: number, parents: readonly number[]): NewEvent => {
  const event = created(n, at);
  return { ...event, data: { ...event.data, status: 'todo', parents: parents.map(taskIdOf) } };
};

const complete = async ({ board }: Holdfast, n: number): Promise<void> => {
  const answer = await board.execute({ type: 'CompleteTask', task_id: taskIdOf(n), run: null, worker: null });
  if (!answer.ok) throw new Error(answer.message);
};
const statusOf = async ({ board }: Holdfast, n: number): Promise<string> => (await board.load(taskIdOf(n))).status;

/** ms of one completion, its own child promoted with it. */
const completions = async (holdfast: Holdfast, from: number, count: number, childOf: (n: number) => number): Promise<number> => {
  const started = performance.now();
  for (let n = from; n < from + count; n += 1) await complete(holdfast, n);
  const ms = (performance.now() - started) / count;
  const last = await statusOf(holdfast, childOf(from + count - 1));
  if (last !== 'ready') throw new Error(`the last child is ${last}`);
  return ms;
};

/** Tasks that wait for each other: what finishing one costs, whatever else waits; a wide fan-in; a long chain. */
export const dependencies: Benchmark = {
  name: 'dependencies',
  targets: [
    { id: 'waiting tasks', what: 'completing a task and promoting its child: with 100,000 waiting tasks against none', unit: 'x', at_most: 1.5 },
    { id: 'fan-in', what: '1,000 parents of one task completed, one after the other: each', unit: 'ms' },
    { id: 'chain', what: 'a chain of 1,000 completed from its beginning: each', unit: 'ms' },
  ],
  run: async ({ quick, rounds, folder }) => {
    const [crowd, each, wide] = quick ? [5_000, 20, 100] : [100_000, 100, 1_000];
    const per = (rounds + 1) * each;
    const at = Date.now();
    const board = async (name: string, waits: number): Promise<Holdfast> => {
      const { holdfast } = await boardOfReadyTasks(folder, name, per);
      await appendAll(holdfast.store, per, (n) => [streamOf(per + n), waiting(per + n, at, [n]), 'no_stream']);
      // They wait for tasks that nobody completes here, the last ones.
      const blocker = per * 2;
      await appendAll(holdfast.store, 1, () => [streamOf(blocker), created(blocker, at), 'no_stream']);
      await appendAll(holdfast.store, waits, (n) => [streamOf(blocker + 1 + n), waiting(blocker + 1 + n, at, [blocker]), 'no_stream']);
      await (await holdfast.readModel()).catchUp();
      return holdfast;
    };
    const [alone, crowded] = [await board('alone', 0), await board('crowded', crowd)];
    const done = { alone: 0, crowded: 0 };
    const next = (side: keyof typeof done, holdfast: Holdfast) => async (): Promise<number> => {
      const from = done[side];
      done[side] += each;
      return completions(holdfast, from, each, (n) => per + n);
    };
    const sides = await sideBySide(rounds, { alone: next('alone', alone), crowded: next('crowded', crowded) });
    await alone.close();
    await crowded.close();
    const { holdfast } = await boardOfReadyTasks(folder, 'wide', wide);
    await appendAll(holdfast.store, 1, () => [
      streamOf(wide),
      waiting(
        wide,
        at,
        Array.from({ length: wide }, (_, n) => n),
      ),
      'no_stream',
    ]);
    const fanIn = await completions(holdfast, 0, wide, () => wide);
    await appendAll(holdfast.store, wide, (n) => [streamOf(wide + 1 + n), waiting(wide + 1 + n, at, [wide + n]), 'no_stream']);
    const chain = await completions(holdfast, wide, wide, (n) => n + 1);
    await holdfast.close();
    return [
      {
        id: 'waiting tasks',
        value: sides.ratio('crowded', 'alone'),
        note: `${sides.median('crowded').toFixed(2)} ms with ${thousands(crowd)}, ${sides.median('alone').toFixed(2)} ms with none`,
      },
      { id: 'fan-in', value: fanIn },
      { id: 'chain', value: chain },
    ];
  },
};
