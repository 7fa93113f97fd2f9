import { z } from 'zod';
import type { Benchmark } from './support/benchmark.ts';
import { boardOfReadyTasks } from './support/boards.ts';
import { start } from './support/children.ts';
import { median, sideBySide, thousands } from './support/measure.ts';

const Answer = z.object({ claimed: z.array(z.string()), longest: z.number(), started: z.number(), ended: z.number() });

/** Several processes claim from one ready queue. */
export const claimRace: Benchmark = {
  name: 'claimRace',
  targets: [
    { id: 'race total', what: '4 processes draining 10,000 ready tasks / 1 process', unit: 'x', at_least: 0.6 },
    { id: 'race wait', what: 'longest wait of a claim', unit: 'ms', at_most: 250 },
    { id: 'race twice', what: 'tasks claimed twice, or not at all', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const tasks = quick ? 1_000 : 10_000;
    const longest: number[] = [];
    let wrong = 0;
    let round = 0;
    const together = async (count: number) => {
      const { path, holdfast } = await boardOfReadyTasks(folder, `board-${(round += 1)}`, tasks);
      await holdfast.close();
      const children = await Promise.all(Array.from({ length: count }, (_, i) => start('claimer', [path, `worker-${i}`])));
      for (const { go } of children) go();
      const answers = (await Promise.all(children.map(({ said }) => said()))).map((answer) => Answer.parse(answer));
      const claimed = answers.flatMap((answer) => answer.claimed);
      wrong += claimed.length - new Set(claimed).size + (tasks - new Set(claimed).size);
      if (count > 1) longest.push(Math.max(...answers.map((answer) => answer.longest)));
      const ms = Math.max(...answers.map(({ ended }) => ended)) - Math.min(...answers.map(({ started }) => started));
      return (claimed.length * 1000) / ms;
    };
    const rates = await sideBySide(rounds, { one: () => together(1), four: () => together(4) });
    return [
      { id: 'race total', value: rates.ratio('four', 'one'), note: `${thousands(rates.median('four'))} / ${thousands(rates.median('one'))} a second` },
      { id: 'race wait', value: Math.max(...longest), note: `of ${longest.length} rounds, median ${median(longest).toFixed(0)} ms` },
      { id: 'race twice', value: wrong },
    ];
  },
};
