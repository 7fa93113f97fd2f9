import { describe, expect, it } from '@jest/globals';
import { backOff, waitAfterFailures } from '../../src/domain/backoff.ts';
import { elapsed } from '../../src/domain/instant.ts';
import { T0, TASK } from '../support/told.ts';

const [SECOND, HOUR] = [1000, 3_600_000];
const step = { base_ms: 30 * SECOND, max_ms: HOUR };
const seeds = Array.from({ length: 500 }, (_, i) => `t_${i}/1`);
const waits = (failures: number) => seeds.map((seed) => waitAfterFailures(failures, { ...step, seed }));

describe('the back-off between runs', () => {
  it.each([
    { failures: 1, most: 30 * SECOND },
    { failures: 2, most: 60 * SECOND },
    { failures: 7, most: 1920 * SECOND },
    { failures: 8, most: HOUR },
    { failures: 1000, most: HOUR },
    { failures: 10_000, most: HOUR },
  ])('after $failures in a row is at most $most ms, and at least three quarters of that', ({ failures, most }) => {
    expect(Math.max(...waits(failures))).toBeLessThanOrEqual(most);
    expect(Math.min(...waits(failures))).toBeGreaterThanOrEqual(0.75 * most);
  });

  it('spreads tasks that failed together over that quarter', () => {
    const quarters = [0.75, 0.8125, 0.875, 0.9375].map((from) => waits(1).filter((wait) => wait >= from * 30_000 && wait < (from + 0.0625) * 30_000).length);
    for (const count of quarters) expect(count).toBeGreaterThan(seeds.length / 8);
  });

  it('is the same for the same task and run, however often it is decided', () => {
    const failed = { at: T0, task_id: TASK, run: 1, failures: 1, layers: {} };
    expect(backOff(failed)).toEqual(backOff(failed));
    expect(backOff({ ...failed, run: 2 })?.not_before).not.toBe(backOff(failed)?.not_before);
  });

  it('does not change with a later version: what a log says stays derivable', () =>
    expect(['t_7K3M9QX2VD/1', 't_7K3M9QX2VD/2', 't_0000000000/1'].map((seed) => waitAfterFailures(1, { ...step, seed }))).toMatchInlineSnapshot(`
      [
        25261,
        25173,
        28883,
      ]
    `));

  it('is off with 0, and takes what the board sets', () => {
    const failed = { at: T0, task_id: TASK, run: 1, failures: 3 };
    expect(backOff({ ...failed, layers: { board: { retry_backoff_ms: 0 } } })).toBeUndefined();
    const set = backOff({ ...failed, layers: { board: { retry_backoff_ms: 1000, retry_backoff_max_ms: 2000 } } });
    expect(set?.backoff).toEqual({ failures: 3, retry_backoff_ms: { value: 1000, source: 'board' }, retry_backoff_max_ms: { value: 2000, source: 'board' } });
    expect(elapsed(T0, set?.not_before ?? T0)).toBeLessThanOrEqual(2000);
  });
});
