import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { boardFindings } from '../../../../src/interfaces/cli/doctor/board.ts';
import { memoryEventStore } from '../../../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../../../src/eventstore/port.ts';
import { systemClock } from '../../../../src/platform/clock.ts';
import { openReadModel } from '../../../../src/projections/readModel.ts';
import type { ReadModel } from '../../../../src/projections/readModel.ts';
import { beat, claimed, created, T0, taskId, tell, tellTask, told } from '../../../support/taskLog.ts';

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
    return (await boardFindings({ model, clock }, true)).filter((finding) => finding.check === check);
  };

  it('a claim whose lease is not over for a minute is no matter', async () => {
    await tellTask(store, 1, created(0), claimed(0, 1, 'ada'), beat(100, 1, 'ada'));
    expect(await at(1059, 'claims')).toEqual([{ check: 'claims', level: 'ok', saw: 'board main: 1 open, none overdue', mend: null }]);
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
