import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { boardFindings } from '../../../../src/interfaces/cli/doctor/board.ts';
import { memoryEventStore } from '../../../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../../../src/eventstore/port.ts';
import { systemClock } from '../../../../src/platform/clock.ts';
import { openReadModel } from '../../../../src/projections/readModel.ts';
import type { ReadModel } from '../../../../src/projections/readModel.ts';
import { beat, claimed, created, second, T0, taskId, tell, tellTask, told } from '../../../support/taskLog.ts';

describe('what the doctor says of boards', () => {
  let store: EventStore;
  let model: ReadModel;
  beforeEach(async () => {
    store = memoryEventStore();
    model = await openReadModel({ store, directory: ':memory:', clock: systemClock() });
    await tell(store, 'board-main', told('BoardCreated', 0, { board: 'main', policy: {} }));
  });
  afterEach(async () => {
    model.close();
    await store.close();
  });

  const at = async (seconds: number, check: string) => {
    const clock = { ...systemClock(), now: () => T0 + seconds * 1000 };
    return (await boardFindings({ model, clock, store_policy: {} }, true)).filter((finding) => finding.check === check);
  };

  it('a claim whose lease is not over is no matter', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'), beat(100, 1, 'ada'));
    expect(await at(999, 'claims')).toEqual([{ check: 'claims', level: 'ok', saw: 'board main: 1 open, none overdue', mend: null }]);
  });

  it('one whose lease has just ended is said to be overdue, and from when nobody watches; that alone is no reason to be unhealthy', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'));
    const saw = `board main: 1 of 1 open claims overdue: ${taskId(1)} run 1 since 37s; counts as unwatched from 2026-11-21 09:16:00 UTC (in 23s)`;
    expect(await at(937, 'claims')).toEqual([{ check: 'claims', level: 'ok', saw, mend: null }]);
  });

  it('a worker of some host is left to the watchdog there for foreign_grace first', async () => {
    await tell(store, 'board-main', told('PolicyChanged', 1, { set: { diagnose_overdue_ms: 10_000 }, unset: [] }));
    const process = { host: 'build-2', boot_id: 'b', pid_namespace: 'pid:[2]', pid: 7, started_at: '70' };
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada', { process, lease_ms: 5000, claim_expires: second(5) }));
    expect(await at(5 + 60 + 9, 'claims')).toMatchObject([{ level: 'ok', saw: expect.stringContaining('(in 1s)') }]);
    expect(await at(5 + 60 + 11, 'claims')).toMatchObject([{ level: 'warn' }]);
    expect(await at(5 + 60 + 16, 'claims')).toMatchObject([{ level: 'fail' }]);
  });

  it('one that is overdue for longer is to look at, and after another lease it fails: nobody is watching', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'));
    await tellTask(store, 2, created(0), claimed(0, 1, 'bob'));
    const saw = `board main: 2 of 2 open claims overdue: ${taskId(1)} run 1 since 1m1s, ${taskId(2)} run 1 since 1m1s; nobody is watching`;
    expect(await at(961, 'claims')).toEqual([{ check: 'claims', level: 'warn', saw, mend: 'holdfast serve --board main' }]);
    expect(await at(900 + 900 + 61, 'claims')).toMatchObject([{ level: 'fail' }]);
  });

  it('a run that is being stopped for more than a minute is named, with how to end it', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'), told('RunRevoked', 10, { run: 1, worker: 'ada', reason: 'operator', then: { to: 'ready' } }));
    expect(await at(30, 'revocations')).toMatchObject([{ level: 'ok', saw: `board main: 1 being stopped: ${taskId(1)} run 1 since 20s` }]);
    expect(await at(2000, 'revocations')).toMatchObject([{ level: 'warn', mend: expect.stringContaining(`holdfast reclaim ${taskId(1)} --force`) }]);
    expect(await at(2000, 'claims')).toMatchObject([{ level: 'ok' }]);
  });

  it('says how far the views were behind', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'));
    expect(await at(1, 'views')).toMatchObject([{ level: 'ok', saw: expect.stringMatching(/^were behind by 3, caught up in \d+ms$/) }]);
    expect(await at(1, 'views')).toMatchObject([{ level: 'ok', saw: expect.stringMatching(/^up to date at \d+$/) }]);
  });

  it('names the most overdue of many, and every board of the store', async () => {
    await tell(store, 'board-nightly', told('BoardCreated', 0, { board: 'nightly', policy: {} }));
    for (let n = 1; n <= 7; n += 1) await tellTask(store, n, created(0), claimed(n, 1, 'ada'));
    const [main, nightly] = await at(1000, 'claims');
    expect(main?.saw).toMatch(/7 of 7 open claims overdue: t_0000000001 .* and 2 more; nobody/);
    expect(nightly?.saw).toBe('board nightly: 0 open, none overdue');
  });
});
