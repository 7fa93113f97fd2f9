import { describe, it, expect } from '@jest/globals';
import { instantOf, plus, toMs } from '../../src/domain/instant.ts';

describe('an instant', () => {
  it('stands for the same ms, whatever was written before it', () => {
    const text = instantOf(1.5);
    const lately = toMs(text);
    instantOf(7);
    instantOf(8);
    expect([lately, toMs(text)]).toEqual([1, 1]);
    expect(plus(text, 1)).toBe('1970-01-01T00:00:00.002Z');
  });
});
