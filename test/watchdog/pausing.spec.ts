import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Crash } from '../../src/domain/board/crash.ts';
import type { Told } from '../../src/domain/board/sameError.ts';
import { instantOf } from '../../src/domain/instant.ts';
import { pausing } from '../../src/watchdog/pausing.ts';
import { taskId } from '../support/taskLog.ts';
import { scene, type Scene } from './support/scene.ts';

const MINUTE = 60_000;
let s: Scene;
let made = 0;
beforeEach(() => {
  s = scene();
  made = 0;
});
afterEach(() => s.end());

/** A task whose run ends so, now. */
const fails = async (error = 'exit 1', exit_code: number | null = 1): Promise<string> => {
  made += 1;
  const task_id = taskId(made);
  await s.claim(task_id);
  await s.board.execute({ type: 'FailRun', task_id, run: 1, worker: 'ada', error, exit_code });
  await s.clock.advance(1000);
  return task_id;
};
const paused = async () => (await s.board.state()).paused;
const boardEvents = async () => (await s.board.state()).revision;

describe('three equal crashes within a minute', () => {
  it('pause the board, with the fingerprint and the events as the reason; no more claims', async () => {
    await s.watch();
    const ids = [await fails(), await fails(), await fails()];
    await s.clock.advance(1000);
    expect(await paused()).toMatchObject({
      by: 'system:wd_1',
      reason: `3 runs within 2s crashed with the same error “exit 1”: ${ids.map((id) => `${id} run 1`).join(', ')}`,
      cause: {
        rule: 'same_error',
        fingerprint: 'exit 1',
        crashes: ids.map((task_id) => ({ task_id, run: 1, revision: '2', event_id: expect.any(String) })),
        same_error_limit: { value: 3, source: 'default' },
        same_error_window_ms: { value: 60_000, source: 'default' },
        judge: { kind: 'watchdog', id: 'wd_1' },
      },
    });
    await s.board.execute({ type: 'CreateTask', task_id: taskId(99), board: 'main', title: 'next' });
    expect(await s.board.execute({ type: 'ClaimTask', task_id: taskId(99), worker: 'bob' })).toMatchObject({ code: 'BoardPaused', by: 'system:wd_1' });
  });

  it('do not, when their errors differ, when a worker said so itself, or when they are too far apart', async () => {
    await s.watch();
    for (const error of ['exit 1', 'exit 2', 'exit 3']) await fails(error);
    for (let n = 0; n < 3; n += 1) await fails('no such user', null);
    for (let n = 0; n < 3; n += 1) {
      await fails('exit 9');
      await s.clock.advance(40_000);
    }
    expect(await paused()).toBeNull();
  });

  it('pause it once, however many watchdogs there are, and again only for what crashed after a person resumed it', async () => {
    await s.watch();
    await s.watch();
    for (let n = 0; n < 3; n += 1) await fails();
    await s.clock.advance(1000);
    const revision = await boardEvents();
    expect(await paused()).not.toBeNull();
    await s.board.change({ type: 'ResumeBoard' });
    await s.clock.advance(5000);
    expect(await paused()).toBeNull();
    await fails();
    await fails();
    expect(await paused()).toBeNull();
    await fails();
    await s.clock.advance(1000);
    expect(await paused()).toMatchObject({ cause: { crashes: [{ task_id: taskId(4) }, { task_id: taskId(5) }, { task_id: taskId(6) }] } });
    expect(await boardEvents()).toBe(revision + 2);
  });

  it('are not lost by a restart of the watchdog in between', async () => {
    const first = await s.watch();
    await fails();
    await fails();
    const closed = first.close();
    await s.clock.advance(1000);
    await closed;
    await s.watch();
    await fails();
    await s.clock.advance(1000);
    expect(await paused()).toMatchObject({ by: 'system:wd_2' });
  });

  it('that a watchdog finds just over when it begins pause the board; older ones, and those of before a resumption, do not', async () => {
    for (let n = 0; n < 3; n += 1) await fails();
    await s.clock.advance(2 * MINUTE);
    const old = await s.watch();
    await s.clock.advance(5000);
    expect(await paused()).toBeNull();
    const closed = old.close();
    await s.clock.advance(1000);
    await closed;
    for (let n = 0; n < 3; n += 1) await fails('exit 2');
    await s.watch();
    await s.clock.advance(1000);
    expect(await paused()).toMatchObject({ cause: { fingerprint: 'exit 2' } });
    await s.board.change({ type: 'ResumeBoard' });
    await s.watch();
    await s.clock.advance(5000);
    expect(await paused()).toBeNull();
  });

  it('are off with same_error_limit 0, and what the board sets', async () => {
    await s.watch();
    await s.board.policy({ same_error_limit: 0 });
    for (let n = 0; n < 4; n += 1) await fails();
    expect(await paused()).toBeNull();
    await s.board.policy({ same_error_limit: 2 });
    await s.clock.advance(6000);
    await fails('exit 2');
    await fails('exit 2');
    await s.clock.advance(1000);
    expect(await paused()).toMatchObject({ cause: { fingerprint: 'exit 2', same_error_limit: { value: 2, source: 'board' } } });
  });

  it('of real crashes that the watchdog itself found count; one process that held them all crashed once', async () => {
    await s.watch();
    const one = s.here.spawn();
    for (const n of [1, 2, 3]) await s.claim(taskId(n), { pid: one });
    s.here.kill(one);
    await s.clock.advance(5000);
    expect(await s.types(taskId(3))).toContain('TaskReclaimed');
    expect(await paused()).toBeNull();
    const pids = [4, 5].map(() => s.here.spawn());
    for (const [n, pid] of pids.entries()) await s.claim(taskId(4 + n), { pid });
    for (const pid of pids) s.here.kill(pid);
    await s.clock.advance(5000);
    expect(await paused()).toMatchObject({ cause: { fingerprint: 'process dead → reclaim at once' } });
  });
});

it('what was over long before a watchdog began is set aside by its age: the crashes are not compared, however many they are', async () => {
  const boardState = await s.board.state();
  let compared = 0;
  const old = (n: number): Crash => ({
    task_id: taskId(1),
    run: n,
    revision: '2',
    event_id: `event-${n}`,
    at: instantOf(s.clock.now() - 10 * MINUTE),
    process: null,
    get fingerprint() {
      compared += 1;
      return 'exit 1';
    },
  });
  const told = Array.from({ length: 1000 }, (_, n): Told => ({ what: 'crash', position: BigInt(n), crash: old(n) }));
  const pauses: unknown[] = [];
  const counting = pausing({
    pause: async (command) => {
      pauses.push(command);
      return { ok: false, code: 'NotFound', message: '' };
    },
    clock: s.clock,
    id: 'wd_1',
    version: '0.1.0',
    keeper: { write: (work) => work() },
    boardState: () => boardState,
    within: () => undefined,
  });
  counting.hear(told);
  expect(counting.send()).toBe(Number.POSITIVE_INFINITY);
  expect([compared, pauses]).toEqual([0, []]);
});
