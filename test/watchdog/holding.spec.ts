import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defer, merge, NEVER, Subject, throwError } from 'rxjs';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { taskId } from '../support/taskLog.ts';
import { machine } from './support/machine.ts';
import { scene, type Scene } from './support/scene.ts';

const T = taskId(1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let s: Scene;
beforeEach(() => {
  s = scene();
});
afterEach(() => s.end());

const recorded = async () => (await s.board.recorded()).map(({ type, data }) => `${data.watchdog} ${type.replace('Watchdog', '')}`);

describe('a watchdog whose clock jumped', () => {
  it('gives every claim one fresh lease, then judges again', async () => {
    await s.claim(T);
    await s.watch();
    s.clock.jump(8 * HOUR);
    await s.clock.advance(14 * MINUTE);
    expect(await s.types(T)).toEqual(['TaskCreated', 'TaskClaimed']);
    await s.clock.advance(2 * MINUTE);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired', evidence: { discounted_ms: 8 * HOUR } });
  });
  it('records that it held and went on, once each, with the jump', async () => {
    await s.claim(T);
    await s.watch();
    s.clock.jump(8 * HOUR);
    await s.clock.advance(MINUTE);
    expect(await recorded()).toEqual(['wd_1 Started', 'wd_1 Held', 'wd_1 Resumed']);
    expect((await s.board.recorded())[1]).toMatchObject({ data: { reason: 'clock_jump', jump_ms: 8 * HOUR } });
  });
  it('still sees that a supervisor died, and stops its child', async () => {
    const { supervisor, child } = await s.supervise(T);
    await s.watch();
    s.clock.jump(8 * HOUR);
    await s.clock.advance(6000);
    s.here.kill(supervisor);
    await s.clock.advance(4000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'supervisor_lost' });
    expect(s.here.lives(child)).toBe(false);
  });
  it('does not take a worker for silent because its machine slept', async () => {
    await s.supervise(T);
    await s.watch();
    await s.clock.advance(MINUTE);
    await s.beat(T);
    s.clock.jump(8 * HOUR);
    await s.clock.advance(16 * MINUTE);
    expect(await s.types(T)).not.toContain('RunRevoked');
    await s.clock.advance(HOUR);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'heartbeat_stale', evidence: { discounted_ms: 8 * HOUR } });
  });
});

describe('a process that was kept busy for a while', () => {
  it('judges nothing uncertain for one lease, and tells nobody: other watchdogs did not stand still', async () => {
    await s.claim(T);
    let behind = 0;
    await s.watch({ clock: { ...s.clock, monotonic: () => s.clock.monotonic() + behind, now: () => s.clock.now() + behind } });
    behind = 20 * MINUTE;
    await s.clock.advance(MINUTE);
    expect(await s.types(T)).not.toContain('TaskReclaimed');
    expect(await recorded()).toEqual(['wd_1 Started']);
  });
});

describe('a run that went on after its machine slept', () => {
  it('is stale an hour after its last beat, not an hour and the time it slept', async () => {
    await s.supervise(T);
    await s.watch();
    s.clock.jump(8 * HOUR);
    await s.clock.advance(5 * MINUTE);
    await s.beat(T);
    await s.clock.advance(HOUR + MINUTE);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'heartbeat_stale', evidence: { discounted_ms: 8 * HOUR, beat_discounted_ms: 0 } });
  });
  it('has run only as long as it was awake', async () => {
    await s.board.policy({ max_runtime_ms: 2 * HOUR });
    await s.supervise(T);
    await s.watch();
    s.clock.jump(8 * HOUR);
    for (let minute = 0; minute < 110; minute += 10) {
      await s.clock.advance(10 * MINUTE);
      await s.beat(T);
    }
    expect(await s.types(T)).not.toContain('RunRevoked');
    await s.clock.advance(12 * MINUTE);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'timed_out' });
  });
});

describe('holds and more than one watchdog', () => {
  it('a jump counts once, however many of a host saw it', async () => {
    await s.claim(T);
    await s.watch();
    await s.watch();
    s.clock.jump(HOUR);
    await s.clock.advance(MINUTE);
    await s.clock.advance(15 * MINUTE);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ evidence: { discounted_ms: HOUR } });
  });
  it('a restart alone gives no fresh lease', async () => {
    await s.claim(T);
    await s.clock.advance(20 * MINUTE);
    await s.watch();
    await s.clock.advance(100);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired' });
  });
  it('a hold that another watchdog of this host recorded binds one that starts later', async () => {
    await s.claim(T);
    const first = await s.watch();
    s.clock.jump(HOUR);
    await s.clock.advance(MINUTE);
    await first.close();
    await s.watch();
    await s.clock.advance(13 * MINUTE);
    expect(await s.types(T)).toEqual(['TaskCreated', 'TaskClaimed']);
    await s.clock.advance(2 * MINUTE);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ evidence: { discounted_ms: HOUR } });
  });
  it('but none on another host', async () => {
    await s.claim(T);
    const first = await s.watch();
    s.clock.jump(HOUR);
    await s.clock.advance(MINUTE);
    await first.close();
    await s.watch({ on: machine('build-2') });
    await s.clock.advance(1000);
    expect(await s.types(T)).toContain('TaskReclaimed');
  });
});

const broken = () => Promise.reject(new StoreUnavailable('no answer', 'wait'));

describe('a store out of reach', () => {
  it('for more than 10 s: nothing expires meanwhile, and each claim has a fresh lease after', async () => {
    let down = false;
    await s.claim(T);
    await s.watch({
      board: () => (down ? broken() : s.board.state()),
      load: (id) => (down ? broken() : s.board.load(id)),
      record: (event) => (down ? broken() : s.board.record(event)),
    });
    await s.clock.advance(14 * MINUTE);
    down = true;
    await s.clock.advance(2 * MINUTE);
    down = false;
    await s.clock.advance(14 * MINUTE);
    expect(await s.types(T)).not.toContain('TaskReclaimed');
    expect(await recorded()).toEqual(['wd_1 Started', 'wd_1 Held', 'wd_1 Resumed']);
    expect((await s.board.recorded())[1]).toMatchObject({ data: { reason: 'store_unreachable' } });
    await s.clock.advance(2 * MINUTE);
    expect(await s.types(T)).toContain('TaskReclaimed');
  });
  it('for a moment changes nothing', async () => {
    let down = false;
    await s.claim(T);
    await s.watch({ board: () => (down ? broken() : s.board.state()), load: (id) => (down ? broken() : s.board.load(id)) });
    await s.clock.advance(15 * MINUTE - 3000);
    down = true;
    await s.clock.advance(5000);
    down = false;
    await s.clock.advance(2000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired' });
    expect(await recorded()).toEqual(['wd_1 Started']);
  });
  it('is noticed too when only appends fail: workers could not beat either', async () => {
    let down = false;
    await s.claim(T);
    await s.claim(taskId(2));
    await s.board.execute({ type: 'RecordHeartbeat', task_id: taskId(2), run: 1, worker: 'ada', lease_ms: 905_000 });
    await s.watch({
      dispatch: (command, options) => (down ? broken() : s.board.execute(command, options)),
      record: (event) => (down ? broken() : s.board.record(event)),
    });
    await s.clock.advance(15 * MINUTE - 15_000);
    down = true;
    await s.clock.advance(60_000);
    down = false;
    await s.clock.advance(5000);
    expect(await s.types(taskId(2))).not.toContain('TaskReclaimed');
    expect((await recorded()).slice(1)).toEqual(['wd_1 Held', 'wd_1 Resumed']);
  });
  it('tells why the changes broke off once, until they came again', async () => {
    let why: string | undefined = 'denied';
    const failing = defer(() => (why === undefined ? merge(s.board.changes$, breaking) : throwError(() => new StoreUnavailable(String(why), 'ask'))));
    const breaking = new Subject<never>();
    s.begin({ changes$: failing });
    const told = () => s.warnings.filter((warning) => warning.startsWith('the changes broke off')).length;
    await s.clock.advance(10_000);
    expect(told()).toBe(1);
    why = 'away';
    await s.clock.advance(10_000);
    expect(told()).toBe(2);
    why = undefined;
    await s.clock.advance(10_000);
    why = 'away';
    breaking.error(new StoreUnavailable('away', 'wait'));
    await s.clock.advance(10_000);
    expect(told()).toBe(3);
  });
  it('breaks the changes off: they begin anew, and what was closed meanwhile is forgotten', async () => {
    await s.claim(T);
    const [first, second] = [new Subject<never>(), new Subject<never>()];
    const breaks = [first, second];
    const watchdog = await s.watch({ changes$: defer(() => merge(s.board.changes$, breaks.shift() ?? NEVER)) });
    first.error(new StoreUnavailable('gone', 'wait'));
    await s.clock.advance(2000);
    expect(watchdog.stats().claims).toBe(1);
    await s.clock.advance(15 * MINUTE);
    expect(await s.types(T)).toContain('TaskReclaimed');
    const done = expect(watchdog.done).rejects.toThrow('damaged');
    second.error(new Error('damaged'));
    await s.clock.advance(1000);
    await done;
  });
});
