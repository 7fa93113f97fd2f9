import { describe, it, expect } from '@jest/globals';
import { sameJson } from '../../src/domain/json.ts';

describe('two values are the same JSON', () => {
  it.each([
    { a: { x: 1, y: [1, { z: null }] }, b: { y: [1, { z: null }], x: 1 }, same: true },
    { a: { x: undefined }, b: {}, same: true },
    { a: { x: null }, b: {}, same: false },
    { a: [1, 2], b: [2, 1], same: false },
    { a: [1], b: [1, 2], same: false },
    { a: [], b: {}, same: false },
    { a: '1', b: 1, same: false },
  ])('$a and $b: $same', ({ a, b, same }) => expect(sameJson(a, b)).toBe(same));
});
