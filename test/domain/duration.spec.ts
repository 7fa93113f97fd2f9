import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { durationText, parseDuration } from '../../src/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', '-5m', 'm', '5 m', '5min', '1h 30m', '1e3s', '5m!'])('%j is none: negative, without a unit, or something else', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it.each([
    [900_000, '15m'],
    [5_400_000, '1h30m'],
    [8400, '8.4s'],
    [250, '250ms'],
    [0, '0s'],
    [-1000, '-1s'],
    [3_600_012, '1h0.012s'],
  ])('%d ms is written %s', (ms, text) => expect(durationText(ms)).toBe(text));

  it('is read back as it was written', () => fc.assert(fc.property(fc.nat(30 * 86_400_000), (ms) => Math.round(parseDuration(durationText(ms)) ?? -1) === ms)));
});
