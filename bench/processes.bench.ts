import { join } from 'node:path';
import { z } from 'zod';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Benchmark } from './support/benchmark.ts';
import { start } from './support/children.ts';
import { median, sideBySide, thousands } from './support/measure.ts';

const Answer = z.object({ commits: z.number(), rate: z.number(), longest: z.number() });

/** Several processes append to one file, each to its own streams. */
export const processes: Benchmark = {
  name: 'processes',
  targets: [
    { id: 'T5 total', what: '4 processes, one append at a time each / 1 process', unit: 'x', at_least: 0.6 },
    { id: 'T5 fair', what: 'most commits of a process / fewest', unit: 'x', at_most: 2 },
    { id: 'T5 wait', what: 'longest wait of an append', unit: 'ms', at_most: 250 },
  ],
  run: async ({ quick, rounds, folder }) => {
    const path = join(folder, 'board.db');
    await (await openSqliteEventStore({ path, create: true })).close();
    const unfair: number[] = [];
    const longest: number[] = [];
    let names = 0;
    const together = async (count: number) => {
      const children = await Promise.all(Array.from({ length: count }, () => start('appender', [path, (names += 1), quick ? 500 : 1500])));
      for (const { go } of children) go();
      const answers = (await Promise.all(children.map(({ said }) => said()))).map((answer) => Answer.parse(answer));
      const commits = answers.map((answer) => answer.commits);
      if (count > 1) {
        unfair.push(Math.max(...commits) / Math.min(...commits));
        longest.push(Math.max(...answers.map((answer) => answer.longest)));
      }
      return answers.reduce((sum, answer) => sum + answer.rate, 0);
    };
    const rates = await sideBySide(rounds, { one: () => together(1), four: () => together(4) });
    return [
      { id: 'T5 total', value: rates.ratio('four', 'one'), note: `${thousands(rates.median('four'))} / ${thousands(rates.median('one'))} a second` },
      { id: 'T5 fair', value: median(unfair), note: `worst round ${Math.max(...unfair).toFixed(2)}` },
      { id: 'T5 wait', value: Math.max(...longest), note: `of ${longest.length} rounds, median ${median(longest).toFixed(0)} ms` },
    ];
  },
};
