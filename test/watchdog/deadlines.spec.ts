import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlines } from '../../src/watchdog/deadlines.ts';

type Step = { readonly op: 'add' | 'set' | 'remove' | 'due' | 'next'; readonly pick: number; readonly at: number };
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('add', 'add', 'add', 'set', 'set', 'remove', 'due', 'next'),
  pick: fc.nat(10_000),
  at: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant(Number.POSITIVE_INFINITY)),
});

/** The same in the most naive way. */
const naive = () => {
  const held = new Map<number, number>();
  return {
    held,
    next: () => Math.min(Number.POSITIVE_INFINITY, ...held.values()),
    due: (now: number) => {
      const taken = [...held].filter(([, at]) => at <= now);
      for (const [slot] of taken) held.set(slot, Number.POSITIVE_INFINITY);
      return taken.toSorted(([, a], [, b]) => a - b).map(([slot]) => slot);
    },
  };
};

const play = (steps: readonly Step[]): void => {
  const tested = deadlines();
  const model = naive();
  for (const { op, pick, at } of steps) {
    const slot = [...model.held.keys()][pick % Math.max(1, model.held.size)];
    if (op === 'add') {
      const added = tested.add(at);
      expect(model.held.has(added)).toBe(false);
      model.held.set(added, at);
    } else if (op === 'due') {
      const now = Number.isFinite(at) ? at : 500;
      const [ours, theirs] = [tested.due(now), model.due(now)];
      expect(new Set(ours)).toEqual(new Set(theirs));
    } else if (op === 'next') {
      expect(tested.next()).toBe(model.next());
    } else if (slot !== undefined && op === 'set') {
      tested.set(slot, at);
      model.held.set(slot, at);
    } else if (slot !== undefined) {
      tested.remove(slot);
      model.held.delete(slot);
    }
    expect(tested.size()).toBe(model.held.size);
  }
  for (const [slot, at] of model.held) expect(tested.get(slot)).toBe(at);
};

describe('deadlines', () => {
  it('agree with the naive way of doing it, whatever the order of steps (the seed is printed on failure)', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 300 }), play), { numRuns: 200 });
  });
  it('agree with it beyond one block and after growing', () => {
    const adds = Array.from({ length: 5000 }, (_, index): Step => ({ op: 'add', pick: 0, at: (index * 7919) % 1000 }));
    play([...adds, { op: 'next', pick: 0, at: 0 }, { op: 'due', pick: 0, at: 300 }, { op: 'set', pick: 4321, at: 3 }, { op: 'next', pick: 0, at: 0 }]);
  });
  it('come due the earliest first, once', () => {
    const tested = deadlines();
    const [late, early, never] = [tested.add(20), tested.add(10), tested.add(30)];
    expect(tested.due(25)).toEqual([early, late]);
    expect(tested.due(25)).toEqual([]);
    expect(tested.next()).toBe(tested.get(never));
  });
  it('do not search a million when one moves, nor when they look for what is due (limits far above the measured 15 ns and 0.5 ms)', () => {
    const tested = deadlines();
    for (let slot = 0; slot < 1_000_000; slot += 1) tested.add(60_000 + slot);
    const extended = performance.now();
    for (let index = 0; index < 1_000_000; index += 1) tested.set((index * 7919) % 1_000_000, 120_000 + index);
    expect((performance.now() - extended) / 1_000_000).toBeLessThan(0.01);
    const passed = performance.now();
    expect(tested.due(119_999)).toEqual([]);
    expect(performance.now() - passed).toBeLessThan(1000);
  });
});
