import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { machine } from './support/machine.ts';
import { scene, type Scene } from './support/scene.ts';
import { taskId } from '../support/taskLog.ts';

const T = taskId(1);
const MINUTE = 60_000;
let s: Scene;
beforeEach(() => {
  s = scene();
});
afterEach(() => s.end());

const nothingToTell = () => expect({ warnings: s.warnings, errors: s.errors }).toEqual({ warnings: [], errors: [] });

describe('a watchdog', () => {
  it('takes a claim without a known process back the moment its lease is over', async () => {
    await s.claim(T);
    await s.watch();
    await s.clock.advance(15 * MINUTE - 1000);
    expect(await s.types(T)).toEqual(['TaskCreated', 'TaskClaimed']);
    await s.clock.advance(1100);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({
      reason: 'lease_expired',
      counts_as_failure: false,
      evidence: { judge: { kind: 'watchdog', id: 'wd_1' } },
    });
    nothingToTell();
  });
  it('leaves a worker alone that beats, for as long as it beats', async () => {
    await s.claim(T);
    await s.watch();
    for (let minute = 0; minute < 200; minute += 5) {
      await s.clock.advance(5 * MINUTE);
      await s.beat(T);
    }
    expect(new Set(await s.types(T))).toEqual(new Set(['TaskCreated', 'TaskClaimed', 'HeartbeatRecorded']));
    nothingToTell();
  });
  it('sees within 2 s that the process of a claim is gone', async () => {
    const pid = s.here.spawn();
    await s.claim(T, { pid });
    await s.watch();
    await s.clock.advance(10_000);
    s.here.kill(pid);
    await s.clock.advance(2100);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'crashed', counts_as_failure: true });
  });
  it('stops the child of a supervisor that died, then gives the task back: revoked first, nothing deferred', async () => {
    const { supervisor, child } = await s.supervise(T);
    await s.watch();
    s.here.kill(supervisor);
    await s.clock.advance(3000);
    expect((await s.types(T)).slice(3)).toEqual(['RunRevoked', 'TaskReclaimed']);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'supervisor_lost', stop: { confirmed: true, signals: [{ signal: 'SIGTERM' }] } });
    expect(s.here.lives(child)).toBe(false);
    nothingToTell();
  });
  it('gives a living supervisor 30 s to book the death of its child', async () => {
    const { child } = await s.supervise(T);
    await s.watch();
    s.here.kill(child);
    await s.clock.advance(28_000);
    expect(await s.types(T)).not.toContain('TaskReclaimed');
    await s.clock.advance(5000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'crashed' });
  });
  it('extends a live process that never beat, and revokes one whose last beat is an hour old; its supervisor stops first', async () => {
    const { child } = await s.supervise(T);
    await s.watch();
    await s.clock.advance(MINUTE);
    await s.beat(T);
    await s.clock.advance(59 * MINUTE);
    expect(await s.last(T, 'ClaimExtended')).toMatchObject({ why: 'process_alive' });
    await s.clock.advance(MINUTE + 100);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'heartbeat_stale', evidence: { heartbeat_stale: true } });
    await s.clock.advance(9500);
    expect(s.here.lives(child)).toBe(true);
    await s.clock.advance(3000);
    expect(s.here.lives(child)).toBe(false);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'heartbeat_stale', stop: { confirmed: true } });
    nothingToTell();
  });
  it('defers the reclaim of a child that survives, tries again when it said it would, and holds up nobody else', async () => {
    const hung = await s.supervise(T, { temper: 'survives' });
    const other = await s.supervise(taskId(2));
    await s.watch();
    s.here.kill(hung.supervisor);
    s.here.kill(other.supervisor);
    await s.clock.advance(3000);
    expect(await s.types(taskId(2))).toContain('TaskReclaimed');
    await s.clock.advance(8000);
    expect(await s.last(T, 'ReclaimDeferred')).toMatchObject({ survivors: [hung.child], times: 1 });
    expect(await s.types(T)).not.toContain('TaskReclaimed');
    const before = s.here.signals.length;
    await s.clock.advance(100_000);
    expect(s.here.signals).toHaveLength(before);
    s.here.kill(hung.child);
    await s.clock.advance(30_000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'supervisor_lost', stop: { confirmed: true } });
    nothingToTell();
  });
  it('judges a process of an earlier boot at once, before it judges anything else of it', async () => {
    await s.supervise(T);
    s.here.reboot();
    await s.watch();
    await s.clock.advance(1000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'host_restarted', counts_as_failure: false });
  });
  it('lets the watchdog of another host judge first, and reclaims when that host stays silent', async () => {
    const there = machine('build-2');
    await s.supervise(T, { on: there });
    await s.watch();
    await s.clock.advance(15 * MINUTE + 59_000);
    expect(await s.types(T)).not.toContain('RunRevoked');
    await s.clock.advance(2000);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'lease_expired' });
    await s.clock.advance(61_000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired', stop: { confirmed: false, signals: [] } });
    expect(there.signals).toEqual([]);
    nothingToTell();
  });
  it('takes back everything that expires at once', async () => {
    const ids = Array.from({ length: 300 }, (_, n) => taskId(n + 1));
    for (const id of ids) await s.claim(id);
    const watchdog = await s.watch();
    expect(watchdog.stats()).toMatchObject({ claims: 300 });
    await s.clock.advance(15 * MINUTE);
    await s.clock.advance(5000);
    for (const id of ids) expect(await s.types(id)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed']);
    expect(watchdog.stats()).toEqual({ claims: 0, judging: 0, stopping: 0, holding: false });
    nothingToTell();
  });
  it('judges by a policy that changed meanwhile', async () => {
    await s.claim(T);
    await s.watch();
    await s.board.policy({ max_runtime_ms: 2 * MINUTE });
    await s.clock.advance(3 * MINUTE);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'timed_out', counts_as_failure: true });
  });
});
