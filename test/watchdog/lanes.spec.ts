import { describe, expect, it } from '@jest/globals';
import { lanes } from '../../src/watchdog/lanes.ts';

/** Work that ends when the spec says so. */
const handWork = () => {
  const running = new Map<string, () => void>();
  const done: string[] = [];
  const begun: string[] = [];
  const work = (key: string): Promise<void> =>
    new Promise((resolve) => {
      begun.push(key);
      running.set(key, () => {
        running.delete(key);
        done.push(key);
        resolve();
      });
    });
  const finish = async (key: string): Promise<void> => {
    running.get(key)?.();
    await new Promise(setImmediate);
  };
  return { work, running, done, begun, finish };
};
const forever = new AbortController().signal;

describe('lanes', () => {
  it('work on at most so many keys at a time, in the order asked', async () => {
    const { work, begun, finish } = handWork();
    const { ask, waiting } = lanes({ width: 2, work, signal: forever });
    for (const key of ['a', 'b', 'c', 'd']) ask(key);
    expect([begun, waiting()]).toEqual([['a', 'b'], 4]);
    await finish('b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });
  it('work on a key once for all who ask before it begins, and once more when somebody asks meanwhile', async () => {
    const { work, begun, finish } = handWork();
    const { ask, idle } = lanes({ width: 1, work, signal: forever });
    for (const key of ['a', 'b', 'b', 'a', 'a']) ask(key);
    await finish('a');
    await finish('b');
    await finish('a');
    expect(begun).toEqual(['a', 'b', 'a']);
    await idle();
  });
  it('are not held up by a key that never ends', async () => {
    const { work, done, finish } = handWork();
    const { ask } = lanes({ width: 2, work, signal: forever });
    for (const key of ['hangs', 'a', 'b', 'c']) ask(key);
    for (const key of ['a', 'b', 'c']) await finish(key);
    expect(done).toEqual(['a', 'b', 'c']);
  });
  it('begin nothing more once told to end, and are idle when the last has ended', async () => {
    const { work, begun, finish } = handWork();
    const told = new AbortController();
    const { ask, idle } = lanes({ width: 1, work, signal: told.signal });
    for (const key of ['a', 'b']) ask(key);
    told.abort();
    const ended = idle();
    await finish('a');
    await ended;
    expect(begun).toEqual(['a']);
  });
});
