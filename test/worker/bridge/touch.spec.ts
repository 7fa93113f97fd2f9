import { describe, expect, it } from '@jest/globals';
import { StaleRun } from '../../../src/worker/abortReasons.ts';
import { NO_RUN } from '../../../src/worker/bridge/activityResult.ts';
import { touching, type Attempted } from '../../../src/worker/bridge/touch.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const recorded: Attempted['result'] = { ok: true, code: 'Recorded', task_id: 't_7K3M9QX2VD', run: 1, last_heartbeat_at: null, claim_expires: '' };

const under = (attempt: () => Promise<Attempted>, inRun = true) => {
  let [attempts, looks] = [0, 0];
  const touch = touching({
    inRun: () => {
      looks += 1;
      return inRun;
    },
    attempt: () => {
      attempts += 1;
      return attempt();
    },
  });
  return { ...touch, attempts: () => attempts, looks: () => looks };
};

describe('a sign of life', () => {
  it('outside of a run is nothing, and is looked up once', async () => {
    const { touchActivity, lastResult, attempts, looks } = under(async () => ({ result: NO_RUN, rest: null, over: null }), false);
    for (let i = 0; i < 1000; i += 1) touchActivity();
    await turn();
    expect([looks(), attempts(), lastResult()]).toEqual([1, 0, undefined]);
  });

  it('is sent after the turn of its caller, and then none until the rest is over', async () => {
    let over: (() => void) | undefined;
    const rest = new Promise<void>((resolve) => (over = resolve));
    const { touchActivity, lastResult, attempts } = under(async () => ({ result: recorded, rest, over: null }));
    touchActivity();
    touchActivity();
    expect([attempts(), lastResult()]).toEqual([0, undefined]);
    await turn();
    await turn();
    expect([attempts(), lastResult()]).toEqual([1, recorded]);
    touchActivity();
    await turn();
    expect(attempts()).toBe(1);
    over?.();
    await turn();
    touchActivity();
    await turn();
    expect(attempts()).toBe(2);
  });

  it('tells by a signal that the run is over, and is not sent again', async () => {
    const why = new StaleRun('t_7K3M9QX2VD', 1, 'operator');
    const { touchActivity, onFenced, attempts } = under(async () => ({ result: NO_RUN, rest: null, over: why }));
    touchActivity();
    await turn();
    touchActivity();
    await turn();
    expect([onFenced.aborted, onFenced.reason, attempts()]).toEqual([true, why, 1]);
  });

  it('is no news about a run that this program has ended itself', async () => {
    const why = new StaleRun('t_7K3M9QX2VD', 1, 'timed_out');
    const { touchActivity, onFenced, silence } = under(async () => ({ result: NO_RUN, rest: null, over: why }));
    touchActivity();
    silence();
    await turn();
    expect(onFenced.aborted).toBe(false);
  });

  it('never throws, also when nothing of it works', async () => {
    const { touchActivity, lastResult } = under(() => Promise.reject(new Error('no such module')));
    touchActivity();
    await turn();
    await turn();
    expect(lastResult()).toEqual({ ok: false, code: 'Failed', message: 'Error: no such module' });
  });
});
