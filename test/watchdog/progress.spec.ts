import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { instantOf } from '../../src/domain/instant.ts';
import { taskId } from '../support/taskLog.ts';
import { scene, type Scene } from './support/scene.ts';

const T = taskId(1);
const MINUTE = 60_000;
let s: Scene;
beforeEach(async () => {
  s = scene();
  await s.board.policy({ progress_timeout_ms: 10 * MINUTE });
});
afterEach(() => s.end());

const say = (said: { readonly note?: string; readonly percent?: number; readonly checkpoint?: { readonly done: number } }) =>
  s.board.execute({ type: 'RecordHeartbeat', task_id: T, run: 1, worker: 'ada', ...said });
const beatsFor = async (minutes: number, said: Parameters<typeof say>[0] = { note: 'still here' }) => {
  for (let minute = 0; minute < minutes; minute += 1) {
    await s.clock.advance(MINUTE);
    await say(said);
  }
};

describe('a run that beats without progress', () => {
  it('is revoked when its last change of percent or checkpoint is as old as the timeout, and stopped; no failure is counted', async () => {
    const { child } = await s.supervise(T);
    await s.watch();
    await s.clock.advance(MINUTE);
    const since = s.clock.now();
    await say({ percent: 10 });
    await beatsFor(9, { percent: 10, note: 'still here' });
    expect(await s.types(T)).not.toContain('RunRevoked');
    await s.clock.advance(MINUTE + 100);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({
      reason: 'no_progress',
      rule: 'beats, but neither percent nor checkpoint changed for progress_timeout 10m (board)',
      evidence: {
        due_at: instantOf(since + 10 * MINUTE),
        progress_since: instantOf(since),
        progress_since_revision: '3',
        policy: { progress_timeout_ms: { value: 600_000 } },
      },
    });
    await s.clock.advance(15_000);
    expect(s.here.lives(child)).toBe(false);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'no_progress', counts_as_failure: false, not_before: null });
  });

  it('is left alone as long as percent or checkpoint changes', async () => {
    await s.supervise(T);
    await s.watch();
    for (let done = 1; done <= 6; done += 1) {
      await say({ checkpoint: { done } });
      await beatsFor(9);
    }
    expect(await s.types(T)).not.toContain('RunRevoked');
    await s.clock.advance(MINUTE + 100);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'no_progress' });
  });

  it('is found by a watchdog that began later, too', async () => {
    await s.supervise(T);
    await say({ percent: 10 });
    await beatsFor(12);
    await s.watch();
    await s.clock.advance(100);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'no_progress' });
  });

  it('costs no look per beat: the watchdog looks when time is up, not whenever somebody beats', async () => {
    let looks = 0;
    await s.supervise(T);
    await s.watch({
      load: (id) => {
        looks += 1;
        return s.board.load(id);
      },
    });
    for (let percent = 1; percent <= 100; percent += 1) await beatsFor(1, { percent });
    expect(await s.types(T)).not.toContain('RunRevoked');
    // Each look says when the next is due: at least a timeout after the last change it saw.
    expect(looks).toBeLessThan(20);
  });
});
