import type { Benchmark } from './support/benchmark.ts';
import { boardOfReadyTasks } from './support/boards.ts';
import { sideBySide, thousands } from './support/measure.ts';
import { rawAppend } from './support/raw.ts';

/** One worker claims whatever is ready until nothing is. */
export const claimNext: Benchmark = {
  name: 'claimNext',
  targets: [{ id: 'claimNext', what: '1 caller draining 10,000 ready tasks / append 300 B + fdatasync', unit: 'x', at_least: 0.45 }],
  run: async ({ quick, rounds, folder }) => {
    const tasks = quick ? 1_000 : 10_000;
    const raw = rawAppend(folder);
    let round = 0;
    const rates = await sideBySide(rounds, {
      raw: () => raw.rate(quick ? 200 : 1500),
      claims: async () => {
        const { holdfast } = await boardOfReadyTasks(folder, `board-${(round += 1)}`, tasks);
        const started = performance.now();
        let claims = 0;
        while ((await holdfast.board.claimNext({ worker: 'ada' })).ok) claims += 1;
        const perSecond = (claims * 1000) / (performance.now() - started);
        await holdfast.close();
        if (claims !== tasks) throw new Error(`claimed ${claims} of ${tasks}`);
        return perSecond;
      },
    });
    raw.close();
    return [
      { id: 'claimNext', value: rates.ratio('claims', 'raw'), note: `${thousands(rates.median('claims'))} / ${thousands(rates.median('raw'))} a second` },
    ];
  },
};
