import { describe, expect, it } from '@jest/globals';
import { exitText, exitVerdict } from '../../../src/worker/child/exitVerdict.ts';

const exit = { code: null, signal: null, spawn_error: null };

describe('the end of a child that gave no verdict', () => {
  it.each([
    { when: { ...exit, code: 0 }, on_zero: 'complete', verdict: 'completed' },
    { when: { ...exit, code: 0 }, on_zero: 'require-verdict', verdict: 'no_verdict' },
    { when: { ...exit, code: 1 }, on_zero: 'complete', verdict: 'failed' },
    { when: { ...exit, code: 127 }, on_zero: 'require-verdict', verdict: 'failed' },
    { when: { ...exit, code: 75 }, on_zero: 'complete', verdict: 'rate_limited' },
    { when: { ...exit, signal: 'SIGSEGV' }, on_zero: 'complete', verdict: 'crashed' },
    { when: { ...exit, spawn_error: 'command not found: nope' }, on_zero: 'complete', verdict: 'spawn_failed' },
  ] as const)('$when (on zero: $on_zero) is booked as $verdict', ({ when, on_zero, verdict }) => {
    expect(exitVerdict(when, on_zero)).toBe(verdict);
  });

  it.each([
    [{ code: 3 }, 'exit 3'],
    [{ signal: 'SIGKILL' }, 'ended by SIGKILL, sent from elsewhere'],
    [{ signal: 'SIGSEGV' }, 'ended by SIGSEGV'],
    [{ spawn_error: 'command not found: x' }, 'command not found: x'],
  ] as const)('%j is told to people in words: %s', (how, words) => {
    expect(exitText({ ...exit, ...how })).toBe(words);
  });
});
