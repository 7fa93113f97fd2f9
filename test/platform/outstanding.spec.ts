import { describe, expect, it } from '@jest/globals';
import { outstanding } from '../../src/platform/outstanding.ts';
import { deferred } from '../../src/watchdog/deferred.ts';

describe('work that goes on beside an answer', () => {
  it('is over when it ended, well or not, and fails nobody', async () => {
    const work = outstanding();
    await expect(work.add(Promise.resolve('well'))).resolves.toBeUndefined();
    await expect(work.add(Promise.reject(new Error('not well')))).resolves.toBeUndefined();
    await expect(work.over()).resolves.toBeUndefined();
  });

  it('is waited for until all that was added so far has ended', async () => {
    const work = outstanding();
    const ended: string[] = [];
    const slow = deferred();
    void work.add(slow.promise.then(() => ended.push('slow')));
    void work.add(Promise.resolve().then(() => ended.push('quick')));
    const over = work.over().then(() => ended.push('over'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toEqual(['quick']);
    slow.resolve();
    await over;
    expect(ended).toEqual(['quick', 'slow', 'over']);
  });
});
