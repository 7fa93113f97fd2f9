import { describe, expect, it } from '@jest/globals';
import { NO_RUN } from '../../../src/worker/bridge/activityResult.ts';
import { lateBridge } from '../../../src/worker/bridge/lateBridge.ts';

const turn = async () => {
  for (let n = 0; n < 5; n += 1) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A bridge that cannot be loaded the first time. */
const brokenOnce = () => {
  let [loads, rested] = [0, () => {}];
  const bridge = lateBridge({
    inRun: () => true,
    load: async () => {
      loads += 1;
      if (loads === 1) throw new Error('EMFILE: too many open files');
      return {
        attempt: async () => ({ result: NO_RUN, rest: null, over: null }),
        budgetExhausted: async () => NO_RUN,
        rateLimited: async () => NO_RUN,
      };
    },
    rest: () =>
      new Promise((resolve) => {
        rested = resolve;
      }),
  });
  return { ...bridge, loads: () => loads, rested: () => rested() };
};
const FAILED = { ok: false, code: 'Failed', message: 'holdfast could not be loaded: EMFILE: too many open files' };

describe('a worker whose bridge cannot be loaded', () => {
  it('has its reports answered, none rejected, and the next one tries again', async () => {
    const { budgetExhausted, rateLimited, loads } = brokenOnce();
    expect(await budgetExhausted({})).toEqual(FAILED);
    expect([await rateLimited({}), await budgetExhausted({}), loads()]).toEqual([NO_RUN, NO_RUN, 2]);
  });

  it('is silent for a rest, then gives its signs of life again', async () => {
    const { touchActivity, lastResult, rested, loads } = brokenOnce();
    touchActivity();
    await turn();
    touchActivity();
    await turn();
    expect([lastResult(), loads()]).toEqual([FAILED, 1]);
    rested();
    await turn();
    touchActivity();
    await turn();
    expect([lastResult(), loads()]).toEqual([NO_RUN, 2]);
  });
});
