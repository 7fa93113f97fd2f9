import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ClaimBatch, ClaimChange } from '../../src/projections/changes.ts';
import { claimChanges } from '../../src/projections/claimChanges.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import type { ReadModel } from '../../src/projections/readModel.ts';
import { T0, beat, claimed, completed, created, taskId, tell, tellTask, told } from '../support/taskLog.ts';

let store: EventStore;
let readModel: ReadModel;
let stop: AbortController;
beforeEach(async () => {
  store = memoryEventStore();
  stop = new AbortController();
  readModel = await openReadModel({ store, directory: ':memory:', clock: systemClock() });
});
afterEach(async () => {
  stop.abort();
  readModel.close();
  await store.close();
});

/** Pulls batches: those up to the first `caught_up`, then one at a time. */
const watching = (rows: ReadModel = readModel) => {
  const batches = claimChanges({ readModel: rows, board: 'main', signal: stop.signal });
  const next = async (): Promise<ClaimBatch> => {
    const { value, done } = await batches.next();
    if (done === true) throw new Error('it ended');
    return value;
  };
  const untilCaughtUp = async (): Promise<readonly ClaimBatch[]> => {
    const batch = await next();
    return batch.caught_up ? [batch] : [batch, ...(await untilCaughtUp())];
  };
  return { next, untilCaughtUp, ended: async () => (await batches.next()).done };
};
/** As `holdfast rebuild` of another process may: between catching up and asking. */
const emptiedBeforeEachPeek = () => {
  let emptied = 0;
  const stopAtOnce = AbortSignal.abort();
  const disturbed: ReadModel = {
    ...readModel,
    peek: async (query, options) => {
      await readModel.rebuild({ signal: stopAtOnce });
      emptied += 1;
      return readModel.peek(query, options);
    },
  };
  return { readModel: disturbed, emptiedOften: () => emptied };
};
const changesOf = (batches: readonly ClaimBatch[]): readonly ClaimChange[] => batches.flatMap(({ changes }) => changes);

describe('the changes of claims', () => {
  it('begin with every open claim of the board, whole', async () => {
    await tellTask(store, 1, created(0, { limits: { max_runtime_ms: 60_000 } }), claimed(1, 1, 'ada'), beat(61, 1, 'ada'));
    await tellTask(store, 2, created(0), claimed(1, 1, 'ada'), completed(2, 1, 'ada'));
    await tellTask(store, 3, created(0, { board: 'other' }), claimed(1, 1, 'ada'));
    expect(changesOf(await watching().untilCaughtUp())).toEqual([
      {
        kind: 'opened',
        task_id: taskId(1),
        claim: {
          task_id: taskId(1),
          run: 1,
          worker: 'ada',
          claimed_at: T0 + 1000,
          lease_ms: 900_000,
          claim_expires: T0 + 961_000,
          last_heartbeat_at: T0 + 61_000,
          process: null,
          started: null,
          limits: { max_runtime_ms: 60_000 },
          revoked: null,
          retry_at: null,
        },
      },
    ]);
  });

  it('then say only what moved, one change per task and batch', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'));
    const watch = watching();
    await watch.untilCaughtUp();
    await tellTask(store, 1, beat(61, 1, 'ada'), beat(121, 1, 'ada', { lease_ms: 30_000 }));
    expect((await watch.next()).changes).toEqual([
      {
        kind: 'moved',
        task_id: taskId(1),
        run: 1,
        move: { last_heartbeat_at: T0 + 121_000, claim_expires: T0 + 1_021_000, lease_ms: 30_000 },
      },
    ]);
    await tellTask(store, 1, completed(130, 1, 'ada'));
    expect((await watch.next()).changes).toEqual([{ kind: 'closed', task_id: taskId(1) }]);
  });

  it('open a claim with the limits its task had before, and none of another board', async () => {
    await tellTask(store, 1, created(0, { limits: { claim_ttl_ms: 5000 } }));
    await tellTask(store, 2, created(0, { board: 'other' }));
    const watch = watching();
    await watch.untilCaughtUp();
    await tellTask(store, 2, claimed(1, 1, 'ada'));
    expect((await watch.next()).changes).toEqual([]);
    await tellTask(store, 1, claimed(1, 1, 'ada'), told('TaskEdited', 2, { title: 'Pack' }), beat(3, 1, 'ada'));
    expect((await watch.next()).changes).toMatchObject([{ kind: 'opened', claim: { limits: { claim_ttl_ms: 5000 }, last_heartbeat_at: T0 + 3000 } }]);
  });

  it('close a claim that this version cannot read', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'));
    const watch = watching();
    await watch.untilCaughtUp();
    await tellTask(store, 1, told('ClaimTransferred', 5));
    expect((await watch.next()).changes).toEqual([{ kind: 'closed', task_id: taskId(1) }]);
    await tellTask(store, 1, claimed(6, 2, 'bob'));
    expect((await watch.next()).changes).toEqual([{ kind: 'closed', task_id: taskId(1) }]);
  });

  it('say when the policy of this board moved, and what its watchdogs recorded', async () => {
    const watch = watching();
    expect(await watch.untilCaughtUp()).toMatchObject([{ policy_changed: true }, { policy_changed: false, caught_up: true }]);
    await tell(store, 'board-other', told('BoardPaused', 1, { reason: null }));
    expect(await watch.next()).toMatchObject({ policy_changed: false });
    await tell(store, 'board-main', told('BoardPaused', 1, { reason: null }));
    expect(await watch.next()).toMatchObject({ policy_changed: true });
    await tell(store, 'watchdog-main', told('WatchdogHeld', 2, { watchdog: 'wd_1', reason: 'clock_jump' }));
    expect((await watch.next()).holds).toMatchObject([{ type: 'WatchdogHeld', data: { watchdog: 'wd_1' } }]);
  });

  it('end with the signal', async () => {
    const watch = watching();
    await watch.untilCaughtUp();
    const ended = watch.ended();
    stop.abort();
    expect(await ended).toBe(true);
  });

  it('miss no claim when another process empties the rows for a rebuild', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'));
    const { readModel: emptied, emptiedOften } = emptiedBeforeEachPeek();
    const watch = watching(emptied);
    expect(changesOf(await watch.untilCaughtUp()).map(({ kind, task_id }) => [kind, task_id])).toContainEqual(['opened', taskId(1)]);
    await tellTask(store, 2, created(2), claimed(3, 1, 'bob'));
    expect((await watch.next()).changes.map(({ kind, task_id }) => [kind, task_id])).toEqual([['opened', taskId(2)]]);
    expect(emptiedOften()).toBeGreaterThan(2);
  });
});
