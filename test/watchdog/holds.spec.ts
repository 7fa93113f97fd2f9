import { describe, expect, it } from '@jest/globals';
import type { WatchdogEvent } from '../../src/domain/board/board.ts';
import { instantOf } from '../../src/domain/instant.ts';
import { checked, discountOf, noHolds, observed, onlyCertain, resumed, type Check, type Holds } from '../../src/watchdog/holds.ts';

const HOUR = 3_600_000;
const LEASE = 900_000;
const WALL = Date.parse('2026-11-21T09:00:00.000Z');
const HOST = { host: 'build-1', boot_id: 'b1', pid_namespace: 'pid:[1]' };
const at = (monotonic: number, jumped = 0) => ({ wall: WALL + monotonic + jumped, monotonic });
const check = (holds: Holds, given: Partial<Check>) => checked(holds, { now: at(0), silent_ms: 0, limit_ms: 10_000, ...given });
const start = noHolds(at(0));
const held = (where: object, jump_ms = 0, after = 1000): WatchdogEvent => ({
  type: 'WatchdogHeld',
  data: { at: instantOf(WALL + after), watchdog: 'wd_2', version: '0.1.0', ...HOST, ...where, reason: 'clock_jump', jump_ms, grace_until: null },
});

describe('a hold', () => {
  it('does not begin while both clocks go on together and the store answers', () => {
    expect(check(start, { now: at(5000), silent_ms: 9999 }).began).toBeNull();
  });
  it('does not begin when the clock is corrected by up to 30 s', () => {
    expect(check(start, { now: at(5000, 30_000) }).began).toBeNull();
  });
  it('begins when the wall clock jumps by more, in either direction', () => {
    expect(check(start, { now: at(5000, 30_001) }).began).toMatchObject({ reason: 'clock_jump', jump_ms: 30_001 });
    expect(check(start, { now: at(5000, -HOUR) }).began).toMatchObject({ reason: 'clock_jump', jump_ms: -HOUR });
  });
  it('begins when the store is out of reach for longer than it may be', () => {
    expect(check(start, { now: at(5000), silent_ms: 10_001 }).began).toMatchObject({ reason: 'store_unreachable', jump_ms: 0 });
  });
  it('begins when the watchdog itself stood still for 30 s while both clocks went on', () => {
    expect(check(start, { now: at(31_000) }).began).toMatchObject({ reason: 'behind' });
  });
  it('does not blame the store for answers that this process was too busy to hear', () => {
    expect(check(start, { now: at(25_000), silent_ms: 25_000 }).began).toBeNull();
  });
  it('is one hold, however often it is checked, but each further jump counts', () => {
    const { holds } = check(start, { now: at(5000, HOUR) });
    expect(check(holds, { now: at(6000, HOUR), silent_ms: 60_000 }).began).toBeNull();
    const again = check(holds, { now: at(6000, 2 * HOUR) });
    expect(again.began).toMatchObject({ jump_ms: HOUR });
    expect(discountOf(again.holds, WALL)).toBe(2 * HOUR);
  });
});

describe('while holding and one lease after', () => {
  const { holds } = check(start, { now: at(5000, HOUR) });
  const over = resumed(holds, at(8000, HOUR));
  it('only what is certain may be judged', () => {
    const now = WALL + 8000 + HOUR;
    expect(onlyCertain(holds, LEASE, now + 10 * LEASE)).toBe(true);
    expect(onlyCertain(over, LEASE, now + LEASE - 1)).toBe(true);
    expect(onlyCertain(over, LEASE, now + LEASE)).toBe(false);
  });
  it('each claim has its own lease: a short one is over earlier', () => {
    expect(onlyCertain(over, 5000, WALL + 8000 + HOUR + 5000)).toBe(false);
  });
  it('a start alone gives no fresh lease', () => {
    expect(onlyCertain(start, LEASE, WALL)).toBe(false);
  });
  it('a clock set back leaves no grace in the far future', () => {
    const back = check(over, { now: at(9000, 0) }).holds;
    expect(onlyCertain(resumed(back, at(9000, 0)), LEASE, WALL + 9000 + LEASE)).toBe(false);
  });
});

describe('time that nobody lived through', () => {
  it('is subtracted from what began before the jump, and from nothing after', () => {
    const { holds } = check(start, { now: at(5000, HOUR) });
    expect(discountOf(holds, WALL + 4000)).toBe(HOUR);
    expect(discountOf(holds, WALL + 5000 + HOUR)).toBe(0);
  });
  it('is nothing when the clock was set back', () => {
    expect(discountOf(check(start, { now: at(5000, -HOUR) }).holds, WALL - 2 * HOUR)).toBe(0);
  });
});

describe('what another watchdog recorded', () => {
  it('binds this one on the same host, and on no other', () => {
    expect(onlyCertain(observed(start, held({}), HOST), LEASE, WALL + 2000)).toBe(true);
    expect(onlyCertain(observed(start, held({ boot_id: 'b2' }), HOST), LEASE, WALL + 2000)).toBe(false);
    expect(onlyCertain(observed(start, held({}), null), LEASE, WALL + 2000)).toBe(false);
  });
  it('is forgotten a lease later although nobody resumed: that watchdog may have died', () => {
    expect(onlyCertain(observed(start, held({}), HOST), LEASE, WALL + 1000 + LEASE)).toBe(false);
  });
  it('names the same jump that this one saw: it counts once', () => {
    const own = check(start, { now: at(5000, HOUR) }).holds;
    const both = observed(own, held({}, HOUR + 40, 7000 + HOUR), HOST);
    expect(discountOf(both, WALL)).toBe(HOUR);
  });
});
