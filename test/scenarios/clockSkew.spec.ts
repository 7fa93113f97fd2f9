import { afterEach, describe, expect, it } from '@jest/globals';
import { processProbe } from '../../src/watchdog/probe.ts';
import { processStop } from '../../src/watchdog/stop.ts';
import { startWatchdog, type Watchdog } from '../../src/watchdog/watchdog.ts';
import { kindOf } from '../../src/storeKind.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { taskId } from '../support/taskLog.ts';
import { virtualClock, type VirtualClock } from '../support/virtualClock.ts';
import { machine } from '../watchdog/support/machine.ts';
import { memoryBoard } from '../watchdog/support/memoryBoard.ts';

const T = taskId(1);
const LEASE_MS = 15_000;
/** A lease may be beaten for at its very end; the beat itself takes a moment. */
const LATE_MS = 200;
const { policy: store_policy } = kindOf('esdb://db');

let open: { readonly clock: VirtualClock; readonly watchdogs: readonly Watchdog[] } | undefined;
afterEach(async () => {
  for (const watchdog of open?.watchdogs ?? []) void watchdog.close();
  await open?.clock.advance(10_000);
  open = undefined;
});

/** Two hosts on one store: `here` claims and beats, `there` only watches, and its clock is ahead by so much. */
const twoHosts = async (ahead_ms: number) => {
  const clock = virtualClock();
  const store = memoryEventStore();
  const skewed = { ...clock, now: () => clock.now() + ahead_ms };
  const [here, there] = [memoryBoard({ clock, store, store_policy }), memoryBoard({ clock: skewed, store, store_policy })];
  await here.policy({});
  await here.execute({ type: 'CreateTask', task_id: T, board: 'main', title: 'a task' });
  const watch = (board: typeof here, its: typeof clock, name: string) => {
    const processes = machine(name).table();
    const probe = processProbe({ processes, one_kernel: false });
    const { changes$, load, state, execute: dispatch, pause, record, recorded } = board;
    const stop = processStop({ processes, clock });
    return startWatchdog({ changes$, load, board: state, dispatch, pause, record, recorded, probe, stop, clock: its, id: name, version: '0.1.0' });
  };
  open = { clock, watchdogs: [watch(here, clock, 'build-1'), watch(there, skewed, 'build-2')] };
  await clock.advance(100);
  return { clock, here, there };
};

describe.each([-5000, 5000])('two hosts whose clocks differ by %d ms', (ahead_ms) => {
  it('leave a worker alone that beats in time, however late in its lease', async () => {
    const { clock, here } = await twoHosts(ahead_ms);
    await here.execute({ type: 'ClaimTask', task_id: T, worker: 'ada', lease_ms: LEASE_MS });
    for (let beats = 0; beats < 20; beats += 1) {
      await clock.advance(LEASE_MS - LATE_MS);
      expect(await here.execute({ type: 'RecordHeartbeat', task_id: T, run: 1, worker: 'ada' })).toMatchObject({ ok: true });
    }
    expect((await here.history(T)).map(({ type }) => type)).not.toContain('TaskReclaimed');
  });

  it('let one of two claimers have it, and a third only when the claim was taken back', async () => {
    const { clock, here, there } = await twoHosts(ahead_ms);
    const claim = (board: typeof here, worker: string) => board.execute({ type: 'ClaimTask', task_id: T, worker, lease_ms: LEASE_MS });
    const both = await Promise.all([claim(there, 'bob'), claim(here, 'ada')]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    await clock.advance(LEASE_MS - 5000 - LATE_MS);
    expect(await claim(here, 'cyn')).toMatchObject({ ok: false, code: 'AlreadyClaimed' });
    expect(await claim(there, 'cyn')).toMatchObject({ ok: false, code: 'AlreadyClaimed' });
    await clock.advance(20_000);
    const types = (await here.history(T)).map(({ type }) => type);
    expect(types).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed']);
    expect(await claim(there, 'cyn')).toMatchObject({ ok: true, run: 2 });
  });
});

describe('two hosts whose clocks differ by more than is harmless', () => {
  it('show that the specs above would fail', async () => {
    const { clock, here } = await twoHosts(8000);
    await here.execute({ type: 'ClaimTask', task_id: T, worker: 'ada', lease_ms: LEASE_MS });
    await clock.advance(LEASE_MS - LATE_MS);
    expect((await here.history(T)).map(({ type }) => type)).toContain('TaskReclaimed');
  });
});
