import { describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import { Json, sameJson } from '../../src/domain/json.ts';

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

describe('a value that is to be JSON', () => {
  class Parcel {
    readonly weight = 3;
  }
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  const odd: readonly unknown[] = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    () => 1,
    Symbol('x'),
    new Date(0),
    new Map(),
    new Parcel(),
    { a: undefined },
    [undefined],
    [{ a: [1n] }],
    Array(2),
  ];
  const plain: readonly unknown[] = [null, 0, -1.5, '', 'x', true, [], {}, [1, ['2', { a: null }]], { a: { b: [false] } }, Object.create(null)];

  it.each(odd.map((value) => ({ value })))('is refused where it is none, as zod refuses it: $value', ({ value }) => {
    expect(Json.safeParse(value).error?.issues.map(({ path, message }) => ({ path, message }))).toEqual([{ path: [], message: 'Invalid input' }]);
    expect(z.json().safeParse(value).success).toBe(false);
  });

  it.each(plain.map((value) => ({ value })))('is taken as it is, and copied: $value', ({ value }) => {
    const taken = Json.parse(value);
    expect(taken).toEqual(z.json().parse(value));
    if (typeof value === 'object' && value !== null) expect(taken).not.toBe(value);
  });

  it('is copied through a proxy, as the reactive state of a program is, and as it will be read back', () => {
    expect(Json.parse({ a: new Proxy({ b: [1] }, {}) })).toEqual({ a: { b: [1] } });
    expect(Json.parse(-0)).toBe(0);
  });

  it('is refused, not followed for ever, when it goes round in a circle', () => expect(Json.safeParse(circle).success).toBe(false));
});
