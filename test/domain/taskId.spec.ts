import { describe, it, expect } from '@jest/globals';
import { TaskId } from '../../src/domain/ids.ts';
import { taskIdFromBytes } from '../../src/domain/taskId.ts';

describe('a task id', () => {
  it('is the first 50 bits in Crockford base32', () => {
    expect(taskIdFromBytes(new Uint8Array(7))).toBe('t_0000000000');
    expect(taskIdFromBytes(new Uint8Array(7).fill(255))).toBe('t_ZZZZZZZZZZ');
    expect(taskIdFromBytes(Uint8Array.of(0b00001_000, 0b10_00011_0, 0, 0, 0, 0, 0))).toBe('t_1230000000');
  });

  it('has the form that commands accept', () => expect(TaskId.safeParse(taskIdFromBytes(Uint8Array.of(9, 200, 31, 77, 140, 5, 63, 1))).success).toBe(true));

  it('is the same whatever follows the first 50 bits', () =>
    expect(taskIdFromBytes(Uint8Array.of(1, 2, 3, 4, 5, 6, 0b1100_0000, 9))).toBe(taskIdFromBytes(Uint8Array.of(1, 2, 3, 4, 5, 6, 0b1111_1111))));

  it('cannot be made of too few bytes', () => expect(() => taskIdFromBytes(new Uint8Array(6))).toThrow(RangeError));
});
