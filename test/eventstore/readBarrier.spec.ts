import { describe, expect, it } from '@jest/globals';
import { readBarrier } from '../../src/eventstore/sqlite/readBarrier.ts';
import { flushed } from '../../src/eventstore/sqlite/durable.ts';
import { logFolder } from '../support/storeProcesses.ts';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

/** A read barrier of a log of which others say how far they flushed it. */
const barrier = () => {
  const path = join(logFolder(), 'main.db');
  writeFileSync(`${path}-wal`, '');
  let said = 0;
  let now = 0;
  let flushes = 0;
  const flush = () => {
    flushes += 1;
  };
  const told = () => said;
  const gate = readBarrier({ durable: flushed({ path, flush, told }), told, clock: { monotonic: () => now } });
  /** What a follower is told of a log that ends at `end`. */
  const follow = (end: number) =>
    gate.around(() => {
      const last = gate.followed(end);
      gate.found(last);
      return last;
    });
  return {
    follow,
    found: (position: number) => gate.around(() => gate.found(position)),
    withheld: gate.withheld,
    say: (position: number) => {
      said = position;
    },
    pass: (ms: number) => {
      now += ms;
    },
    flushes: () => flushes,
  };
};

describe('who follows a log', () => {
  it('flushes what nobody says that it is on the disk', () => {
    const { follow, withheld, flushes } = barrier();
    expect(follow(3)).toBe(3);
    expect(follow(4)).toBe(4);
    expect(flushes()).toBe(2);
    expect(withheld()).toBe(false);
  });

  it('is told as far as a writer says that it flushed, and of the rest when that one has said so again', () => {
    const { follow, withheld, say, pass, flushes } = barrier();
    for (const end of [10, 20, 30]) {
      say(end);
      expect(follow(end + 1)).toBe(end);
      expect(withheld()).toBe(true);
      expect(follow(end + 1)).toBe(end);
      pass(99);
    }
    say(31);
    expect(follow(31)).toBe(31);
    expect(withheld()).toBe(false);
    expect(flushes()).toBe(0);
  });

  it('flushes itself when the writer says no more', () => {
    const { follow, withheld, say, pass, flushes } = barrier();
    say(10);
    expect(follow(11)).toBe(10);
    pass(100);
    expect(follow(11)).toBe(11);
    expect(withheld()).toBe(false);
    expect(flushes()).toBe(1);
  });

  it('is told at once of what another reader of the same process had to flush', () => {
    const { follow, found, say, flushes } = barrier();
    say(10);
    expect(follow(12)).toBe(10);
    found(12);
    expect(follow(12)).toBe(12);
    expect(flushes()).toBe(1);
  });
});
