import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, map, take, toArray } from 'rxjs';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { getTask } from '../../src/projections/lists.ts';
import { claimChanges$, liveProjector } from '../../src/projections/live.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import type { ReadModel } from '../../src/projections/readModel.ts';
import { claimed, completed, created, taskId, tellTask } from '../support/taskLog.ts';

let store: EventStore;
let readModel: ReadModel;
beforeEach(async () => {
  store = memoryEventStore();
  readModel = await openReadModel({ store, directory: ':memory:', clock: systemClock() });
});
afterEach(async () => {
  readModel.close();
  await store.close();
});

describe('the live projector', () => {
  it('says which tasks a batch touched when their rows already show it', async () => {
    await tellTask(store, 1, created(0));
    const projector = liveProjector({ readModel });
    const touched = firstValueFrom(projector.pipe(filter(({ task_ids }) => task_ids.length > 0)));
    await firstValueFrom(projector.pipe(filter(({ caught_up }) => caught_up)));
    await tellTask(store, 1, claimed(1, 1, 'ada'));
    expect((await touched).task_ids).toEqual([taskId(1)]);
    expect(await readModel.peek((rows) => getTask(rows, taskId(1))?.status)).toBe('running');
  });

  it('completes when the store is closed, and fails when it was closed before', async () => {
    const projector = liveProjector({ readModel });
    const completes = new Promise<string>((resolve) => {
      projector.subscribe({ complete: () => resolve('completed'), error: () => resolve('failed') });
    });
    await firstValueFrom(projector.pipe(filter(({ caught_up }) => caught_up)));
    await store.close();
    expect(await completes).toBe('completed');
    await expect(firstValueFrom(projector)).rejects.toMatchObject({ name: 'StoreClosed' });
  });
});

describe('the claims as an Observable', () => {
  it('emit one batch per batch of the log', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'));
    const kinds = firstValueFrom(
      claimChanges$({ readModel, board: 'main' }).pipe(
        filter(({ changes }) => changes.length > 0),
        map(({ changes }) => changes.map(({ kind }) => kind)),
        take(2),
        toArray(),
      ),
    );
    await firstValueFrom(claimChanges$({ readModel, board: 'main' }).pipe(filter(({ caught_up }) => caught_up)));
    await tellTask(store, 1, completed(2, 1, 'ada'));
    expect(await kinds).toEqual([['opened'], ['closed']]);
  });
});
