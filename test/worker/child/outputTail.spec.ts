import { describe, expect, it } from '@jest/globals';
import { outputTail } from '../../../src/worker/child/outputTail.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the tail of an output', () => {
  it('keeps the last bytes over many chunks and over one large one', () => {
    const tail = outputTail(8);
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') tail.add(bytes(letter));
    expect(tail.text()).toBe('stuvwxyz');
    tail.add(bytes('0123456789'.repeat(10)));
    expect(tail.text()).toBe('23456789');
  });

  it('does not begin in the middle of a character', () => {
    const tail = outputTail(4);
    tail.add(bytes('aé€x')); // 1 + 2 + 3 + 1 bytes: the last four begin with €
    expect(tail.text()).toBe('€x');
    const cut = outputTail(3);
    cut.add(bytes('aé€x'));
    expect(cut.text()).toBe('x');
  });

  it('has as its last line the last one that says something', () => {
    const tail = outputTail(100);
    expect(tail.lastLine()).toBeNull();
    tail.add(bytes('one\n 42% \rpacked 3\n\n  \n'));
    expect(tail.lastLine()).toBe('packed 3');
  });
});
