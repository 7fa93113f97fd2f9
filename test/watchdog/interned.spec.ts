import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interned } from '../../src/watchdog/interned.ts';

describe('values that many share', () => {
  it('are kept once, however many hold them, and by numbers above 0', () => {
    const hosts = interned((host: { readonly name: string }) => host.name);
    const [first, again, other] = [hosts.take({ name: 'build-1' }), hosts.take({ name: 'build-1' }), hosts.take({ name: 'build-2' })];
    expect(again).toBe(first);
    expect(Math.min(first, other)).toBeGreaterThan(0);
    expect([hosts.get(first), hosts.get(other), hosts.get(0)]).toEqual([{ name: 'build-1' }, { name: 'build-2' }, undefined]);
  });
  it('stay until the last holder lets go, and leave nothing behind', () => {
    const boots = interned(String);
    const held = [boots.take('a'), boots.take('a')];
    boots.release(held[0] ?? 0);
    expect(boots.get(held[1] ?? 0)).toBe('a');
    boots.release(held[1] ?? 0);
    boots.release(held[1] ?? 0);
    expect([boots.size(), boots.get(held[1] ?? 0)]).toEqual([0, undefined]);
  });
  it('use their numbers again, however many come and go', () => {
    const boots = interned(String);
    const kept = boots.take('kept');
    const numbers = Array.from({ length: 10_000 }, (_, boot) => {
      const number = boots.take(boot);
      boots.release(number);
      return number;
    });
    expect(new Set(numbers).size).toBe(1);
    expect([boots.size(), boots.get(kept)]).toEqual([1, 'kept']);
  });
  it('are those that are held, whatever the order of takes and releases (the seed is printed on failure)', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ take: fc.boolean(), pick: fc.nat(1000), value: fc.nat(8) }), { maxLength: 200 }), (steps) => {
        const tested = interned((value: number) => `v${value}`);
        const held: { readonly value: number; readonly number: number }[] = [];
        for (const { take, pick, value } of steps) {
          if (take) held.push({ value, number: tested.take(value) });
          else for (const { number } of held.splice(pick % Math.max(1, held.length), 1)) tested.release(number);
          expect(held.map(({ number }) => tested.get(number))).toEqual(held.map((one) => one.value));
          expect(tested.size()).toBe(new Set(held.map((one) => one.value)).size);
        }
      }),
    );
  });
});
