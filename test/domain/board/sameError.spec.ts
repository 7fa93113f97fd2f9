import { describe, expect, it } from '@jest/globals';
import type { Crash } from '../../../src/domain/board/crash.ts';
import { crashOf } from '../../../src/domain/board/crashOf.ts';
import { fingerprintOf } from '../../../src/domain/board/fingerprint.ts';
import { heard, NOTHING_TOLD, sameError, type Told } from '../../../src/domain/board/sameError.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { completed, evidence, failed, minute, probes, reclaimed, released, second, TASK } from '../../support/told.ts';

const crash = (at: string, facts: Partial<Crash> = {}): Crash => ({
  task_id: TASK,
  run: 1,
  revision: '2',
  event_id: at,
  at,
  fingerprint: 'exit 1',
  process: null,
  ...facts,
});
const RULE = { limit: 3, window_ms: 60_000 };
const after = (...told: readonly Told[]) => sameError(told.reduce(heard, NOTHING_TOLD), RULE);
const crashed = (position: number, seconds: number, facts: Partial<Crash> = {}): Told => ({
  what: 'crash',
  position: BigInt(position),
  crash: crash(second(seconds), facts),
});
const resumed = (position: number): Told => ({ what: 'resumed', position: BigInt(position), revision: '4' });
const times = (crashes: readonly Crash[] | undefined) => crashes?.map(({ at }) => at);

describe('the fingerprint of an error', () => {
  it.each([
    ['pid 41207 is gone', 'pid 9 is gone'],
    ['cannot open /srv/a/in.json: no such file', 'cannot open ./b/c/other.json: no such file'],
    ['request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 refused', 'request 00000000-4f89-11d3-9a0c-0305e82c3302 refused'],
    ['segfault at 0x7ffe12', 'segfault at 0xdead'],
    ['blob 9fceb02d0ae598e9 missing', 'blob 0ae598e99fceb02d missing'],
    ['failed at 2026-11-21T09:00:00.000Z', 'failed at 2026-11-22 10:11:12'],
    ['t_7K3M9QX2VD broke', 't_8M2N4RW9YB broke'],
    ['GET https://a.example/1 gave 500', 'GET https://b.example/2?x=3 gave 500'],
    ['out of memory after 123456 rows', 'out of memory after 999999999 rows'],
  ])('is the same for %j and %j', (a, b) => expect(fingerprintOf(a)).toBe(fingerprintOf(b)));

  it.each([
    ['exit 1', 'exit 2'],
    ['ended by SIGSEGV', 'ended by SIGKILL'],
    ['GET / gave 500', 'GET / gave 404'],
    ['either/or', 'neither/nor'],
  ])('differs for %j and %j', (a, b) => expect(fingerprintOf(a)).not.toBe(fingerprintOf(b)));

  it('has at most 80 characters, on one line', () => {
    expect(fingerprintOf('x'.repeat(500))).toHaveLength(80);
    expect(fingerprintOf('one\n  two')).toBe('one two');
  });
});

describe('a crash', () => {
  const place = { task_id: TASK, revision: 5n, id: 'event-5' };
  const told = (event: TaskEvent) => crashOf(event, place);

  it.each([
    { what: 'a non-zero exit', event: failed('ada', 1, minute(1)), fingerprint: 'exit 1' },
    { what: 'its last words', event: failed('ada', 1, minute(1), { last_output: 'starting\nError: no disk\n' }), fingerprint: 'exit 1: Error: no disk' },
    {
      what: 'a signal',
      event: failed('ada', 1, minute(1), { outcome: 'crashed', exit_code: null, signal: 'SIGSEGV', error: 'ended by SIGSEGV' }),
      fingerprint: 'ended by SIGSEGV',
    },
    {
      what: 'a command that is not there',
      event: failed('ada', 1, minute(1), { outcome: 'spawn_failed', exit_code: null, error: 'command not found: x' }),
      fingerprint: 'command not found: x',
    },
    {
      what: 'exit 0 without a verdict',
      event: failed('ada', 1, minute(1), { outcome: 'no_verdict', exit_code: 0, error: 'exit 0 without' }),
      fingerprint: 'exit 0 without',
    },
    {
      what: 'a process that is gone',
      event: reclaimed(1, minute(1), { reason: 'crashed', rule: 'process dead → reclaim at once' }),
      fingerprint: 'process dead → reclaim at once',
    },
  ])('is $what', ({ event, fingerprint }) => expect(told(event)).toMatchObject({ fingerprint, run: 1, revision: '5', event_id: 'event-5', at: minute(1) }));

  it.each([
    { what: 'what a worker says itself', event: failed('ada', 1, minute(1), { exit_code: null, error: 'no such user' }) },
    { what: 'a limit of time', event: reclaimed(1, minute(1), { reason: 'timed_out' }) },
    { what: 'a used up budget', event: failed('ada', 1, minute(1), { outcome: 'timed_out' }) },
    { what: 'a rate limit', event: failed('ada', 1, minute(1), { outcome: 'rate_limited', exit_code: 75 }) },
    { what: 'a lease that ran out', event: reclaimed(1, minute(1)) },
    { what: 'a lost supervisor', event: reclaimed(1, minute(1), { reason: 'supervisor_lost' }) },
    { what: 'a release', event: released('ada', 1, minute(1)) },
    { what: 'a completion', event: completed('ada', 1, minute(1)) },
  ])('is not $what', ({ event }) => expect(told(event)).toBeUndefined());
});

describe('equal crashes', () => {
  it('are too many when three came within a minute', () => {
    expect(after(crashed(1, 0), crashed(2, 30))).toBeUndefined();
    expect(times(after(crashed(1, 0), crashed(2, 30), crashed(3, 60)))).toEqual([second(0), second(30), second(60)]);
    expect(after(crashed(1, 0), crashed(2, 30), crashed(3, 61))).toBeUndefined();
  });

  it('count only with equals, whatever came between', () => {
    const other = { fingerprint: 'exit 2' };
    expect(after(crashed(1, 0), crashed(2, 1, other), crashed(3, 2, other))).toBeUndefined();
    expect(times(after(crashed(1, 0), crashed(2, 1, other), crashed(3, 2), crashed(4, 3, other), crashed(5, 4)))).toEqual([second(0), second(2), second(4)]);
  });

  it('count only after the last resumption', () => {
    expect(after(crashed(1, 0), crashed(2, 1), resumed(3), crashed(4, 2))).toBeUndefined();
    expect(times(after(crashed(1, 0), resumed(2), crashed(3, 1), crashed(4, 2), crashed(5, 3)))).toEqual([second(1), second(2), second(3)]);
  });

  it('are counted once, however often the log tells them', () => {
    expect(after(crashed(1, 0), crashed(2, 1), crashed(1, 0), crashed(2, 1))).toBeUndefined();
    expect(after(crashed(1, 0), crashed(2, 1), resumed(3), crashed(1, 0), crashed(2, 1), resumed(3), crashed(4, 3))).toBeUndefined();
  });

  it('of one process that held several runs are one crash', () => {
    const looked = evidence(minute(1), { probe: { ...probes.dead, looked_at: ['pid 7 of build-3: gone'] } }).probe.looked_at.join('; ');
    expect(after(crashed(1, 0, { process: looked }), crashed(2, 0, { process: looked }), crashed(3, 0, { process: looked }))).toBeUndefined();
    const apart = [1, 2, 3].map((n) => crashed(n, n, { process: `pid ${n} of build-3: gone` }));
    expect(after(...apart)).toHaveLength(3);
  });

  it('are counted in the order of the log, by the time of the events: a clock behind does not hide them', () =>
    expect(times(after(crashed(1, 40), crashed(2, 38), crashed(3, 10)))).toEqual([second(40), second(38), second(10)]));

  it('are told by what they say before their times are worked out: of the others, nobody asks when', () => {
    let asked = 0;
    const other: Crash = {
      ...crash(second(0)),
      fingerprint: 'exit 2',
      get at() {
        asked += 1;
        return second(1);
      },
    };
    expect(sameError({ crashes: [other, other, crash(second(2)), crash(second(3)), crash(second(4))] }, RULE)).toHaveLength(3);
    expect(asked).toBe(0);
  });

  it('do not matter when the rule is off', () =>
    expect(sameError({ crashes: [crash(minute(1)), crash(minute(1)), crash(minute(1))] }, { limit: 0, window_ms: 60_000 })).toBeUndefined());
});
