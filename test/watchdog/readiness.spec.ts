import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { deferred } from '../../src/watchdog/deferred.ts';
import { taskId } from '../support/taskLog.ts';
import { scene, type Scene } from './support/scene.ts';

const T = taskId(1);
const MINUTE = 60_000;
let s: Scene;
let live = true;
beforeEach(() => {
  s = scene();
  live = true;
});
afterEach(() => s.end());

const watch = () => s.watch({ ready: () => live, out_of_reach_ms: 45_000 });
const recorded = async () => (await s.board.recorded()).map(({ type }) => type.replace('Watchdog', ''));

describe('a watchdog whose subscription is down or behind', () => {
  it('takes nothing back, says so, and judges at once when it is live again', async () => {
    await s.claim(T);
    await watch();
    await s.clock.advance(14 * MINUTE + 45_000);
    live = false;
    await s.clock.advance(30_000);
    expect(await s.types(T)).toEqual(['TaskCreated', 'TaskClaimed']);
    expect(s.warnings).toEqual(['not ready: the subscription is down or behind, so only what is certain is judged']);
    live = true;
    await s.clock.advance(6000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired' });
    expect(await recorded()).toEqual(['Started']);
    expect(s.warnings).toContain('ready again');
  });
  it('still revokes a run whose supervisor died, and stops its child', async () => {
    const { supervisor } = await s.supervise(T);
    await watch();
    live = false;
    await s.clock.advance(6000);
    s.here.kill(supervisor);
    await s.clock.advance(4000);
    expect(await s.last(T, 'RunRevoked')).toMatchObject({ reason: 'supervisor_lost' });
    await s.clock.advance(6000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'supervisor_lost', stop: { confirmed: true } });
  });
  it('holds after 45 s, records it, and gives every claim a fresh lease from when it is live again', async () => {
    await s.claim(T);
    await watch();
    await s.clock.advance(14 * MINUTE);
    live = false;
    await s.clock.advance(40_000);
    expect(await recorded()).toEqual(['Started']);
    await s.clock.advance(MINUTE);
    expect(await recorded()).toEqual(['Started', 'Held']);
    live = true;
    await s.clock.advance(14 * MINUTE);
    expect(await recorded()).toEqual(['Started', 'Held', 'Resumed']);
    expect(await s.types(T)).not.toContain('TaskReclaimed');
    await s.clock.advance(2 * MINUTE);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'lease_expired' });
  });
  it('judges nothing, and gives nobody a fresh lease, however long the first catch-up takes', async () => {
    await s.claim(T);
    live = false;
    s.begin({ changes$: NEVER, ready: () => live, out_of_reach_ms: 45_000 });
    await s.clock.advance(2 * MINUTE);
    expect(await recorded()).toEqual(['Started']);
  });
});

const warnedOf = async (close: boolean): Promise<readonly string[]> => {
  const [asked, answer] = [deferred(), deferred()];
  const watchdog = s.begin({
    board: () => {
      asked.resolve();
      return answer.promise.then(() => Promise.reject(new Error('closed')));
    },
  });
  await asked.promise;
  const closed = close ? watchdog.close() : undefined;
  answer.resolve();
  await s.clock.advance(100);
  await closed;
  return s.warnings;
};

describe('a watchdog that ends while the store does not answer', () => {
  it('does not tell that the board could not be read', async () => expect(await warnedOf(true)).toEqual([]));
  it('tells it while it runs', async () => expect(await warnedOf(false)).toContain('the board cannot be read'));
});
