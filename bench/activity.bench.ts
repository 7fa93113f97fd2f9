import { touchActivity } from '../src/worker.ts';
import { NO_RUN } from '../src/worker/bridge/activityResult.ts';
import { touching } from '../src/worker/bridge/touch.ts';
import type { Benchmark } from './support/benchmark.ts';
import { sideBySide, rate } from './support/measure.ts';

const CALLS = 10_000;

/** What a sign of life costs in the hot path of a program: outside of a run, and between two beats of one. */
export const activity: Benchmark = {
  name: 'activity',
  targets: [
    { id: 'activity outside', what: 'touchActivity() outside of a run', unit: 'ns', at_most: 50 },
    { id: 'activity within', what: 'touchActivity() within a run, between two beats', unit: 'ns', at_most: 50 },
    { id: 'activity loads', what: 'modules that it loads outside of a run', unit: 'times', at_most: 0 },
  ],
  run: async ({ quick, rounds }) => {
    const before = modulesLoaded();
    for (let i = 0; i < CALLS; i += 1) touchActivity();
    const loaded = modulesLoaded() - before;
    const within = touching({ inRun: () => true, attempt: async () => ({ result: NO_RUN, rest: new Promise(() => undefined), over: null }) });
    const calls = (touch: () => void) => () =>
      CALLS *
      rate(quick ? 50 : 300, () => {
        for (let i = 0; i < CALLS; i += 1) touch();
      });
    const rates = await sideBySide(rounds, { outside: calls(touchActivity), within: calls(within.touchActivity) });
    return [
      { id: 'activity outside', value: 1e9 / rates.median('outside') },
      { id: 'activity within', value: 1e9 / rates.median('within') },
      { id: 'activity loads', value: loaded },
    ];
  },
};

/** Of Node itself, by the calls alone; ours, and those of the turns after, are counted by test/e2e/worker.spec.ts in a process that does nothing else. */
const modulesLoaded = (): number => {
  const list: unknown = Reflect.get(process, 'moduleLoadList');
  return Array.isArray(list) ? list.length : 0;
};
