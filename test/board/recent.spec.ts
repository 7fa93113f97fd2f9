import { describe, expect, it } from '@jest/globals';
import { recent } from '../../src/board/recent.ts';

describe('what is remembered lately', () => {
  it('is bounded, and what was used last stays', () => {
    const remembered = recent<number>(8);
    for (let n = 0; n < 100; n += 1) {
      remembered.set(`task-${n}`, n);
      expect(remembered.get('task-0')).toBe(0);
    }
    const held = Array.from({ length: 100 }, (_, n) => n).filter((n) => remembered.get(`task-${n}`) !== undefined);
    expect(held.length).toBeLessThanOrEqual(8);
    expect(held).toEqual(expect.arrayContaining([0, 99]));
  });

  it('is the newest value, also of what was remembered long ago', () => {
    const remembered = recent<number>(4);
    remembered.set('task-1', 1);
    for (const other of ['a', 'b', 'c']) remembered.set(other, 0);
    remembered.set('task-1', 2);
    expect(remembered.get('task-1')).toBe(2);
    remembered.set('d', 0);
    expect(remembered.get('task-1')).toBe(2);
  });
});
