import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { countByStatus, getTask, listTasks, readyTasks, runsOf, waitingCounts } from '../../src/projections/lists.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import type { ReadModel } from '../../src/projections/readModel.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { beat, claimed, completed, created, failed, second, taskId, tellTask, told } from '../support/taskLog.ts';

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

const task = (n: number) => readModel.read((rows) => getTask(rows, taskId(n)));

describe('the tasks view', () => {
  it('shows a claimed task with its holder, its lease and its last beat', async () => {
    await tellTask(store, 1, created(0, { labels: ['pack'], priority: 3 }), claimed(1, 1, 'ada'), beat(61, 1, 'ada', { note: '4/9 files', percent: 44 }));
    expect(await task(1)).toMatchObject({
      task_id: taskId(1),
      title: 'Pack modules',
      status: 'running',
      labels: ['pack'],
      priority: 3,
      run: 1,
      worker: 'ada',
      claimed_at: second(1),
      last_heartbeat_at: second(61),
      claim_expires: second(961),
      open_run: { note: '4/9 files', percent: 44 },
      revision: '2',
    });
  });

  it('starts a new claim clean: nothing of the run before is inherited', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'), beat(61, 1, 'ada', { percent: 44 }), failed(70, 1, 'ada', { not_before: second(100) }));
    expect(await task(1)).toMatchObject({
      status: 'ready',
      run: null,
      claim_expires: null,
      failures: 1,
      not_before: second(100),
      last_end: { run: 1, end: 'failed' },
    });
    await tellTask(store, 1, claimed(101, 2, 'bob'));
    expect(await task(1)).toMatchObject({ run: 2, worker: 'bob', last_heartbeat_at: null, not_before: null, open_run: { percent: null, started: null } });
  });

  it('knows since when a task waits for its assignee, and since when its run makes no progress', async () => {
    await tellTask(store, 1, created(0, { assignee: 'ada' }), told('CommentAdded', 5, { text: 'soon' }));
    expect(await task(1)).toMatchObject({ status_since: second(0) });
    await tellTask(store, 1, told('TaskAssigned', 7, { assignee: 'bob' }));
    expect(await task(1)).toMatchObject({ status: 'ready', status_since: second(7) });
    await tellTask(store, 1, claimed(9, 1, 'bob'), beat(10, 1, 'bob', { note: 'pass 1' }));
    expect(await task(1)).toMatchObject({ status_since: second(9), open_run: { progress_at: null } });
    await tellTask(store, 1, beat(20, 1, 'bob', { percent: 5, checkpoint: { a: 1, b: 2 } }), beat(30, 1, 'bob', { percent: 5, checkpoint: { b: 2, a: 1 } }));
    expect(await task(1)).toMatchObject({ open_run: { progress_at: second(20), percent: 5 } });
    await tellTask(store, 1, beat(40, 1, 'bob', { checkpoint: { a: 2, b: 2 } }));
    expect(await task(1)).toMatchObject({ last_heartbeat_at: second(40), open_run: { progress_at: second(40) } });
    await tellTask(store, 1, failed(50, 1, 'bob'), claimed(60, 2, 'bob'));
    expect(await task(1)).toMatchObject({ status_since: second(60), open_run: { progress_at: null, checkpoint_digest: null } });
  });

  it('lists a task with an event of a later version as unreadable, and the others go on', async () => {
    await tellTask(store, 1, created(0), told('TaskClaimed.v9', 1, { run: 1 }), completed(2, 1, 'ada'));
    await tellTask(store, 2, created(3), told('TaskCreated.v9', 3));
    await tellTask(store, 3, created(4));
    await tellTask(
      store,
      4,
      created(5, { board: 'broken' }),
      told('TaskReclaimed', 6),
      told('RunRevoked', 7),
      told('TaskEdited', 8, { labels: null, priority: 'high' }),
    );
    await tellTask(
      store,
      5,
      { type: 'TaskCreated', data: {} },
      claimed(6, 1, 'ada', { worker: undefined, claim_expires: 7 }),
      told('HeartbeatRecorded', 7, { run: 1 }),
    );
    const listed = await readModel.read((rows) => listTasks(rows, { board: 'main', limit: 10 }));
    expect(listed.map(({ status }) => status)).toEqual(['unreadable', 'unreadable', 'ready']);
    expect(listed[0]).toMatchObject({ unreadable: { type: 'TaskClaimed.v9', revision: '1' }, revision: '2' });
  });
});

describe('the runs view', () => {
  it('has one row per run with its beats and its longest silence', async () => {
    await tellTask(store, 1, created(0), claimed(1, 1, 'ada'), beat(61, 1, 'ada'), beat(71, 1, 'ada'), failed(171, 1, 'ada'));
    await tellTask(store, 1, claimed(200, 2, 'ada'), beat(260, 2, 'ada'), beat(410, 2, 'ada'), failed(420, 2, 'ada'), claimed(500, 3, 'bob'));
    const runs = await readModel.read((rows) => runsOf(rows, taskId(1)));
    expect(runs).toMatchObject([
      { run: 1, worker: 'ada', end: 'failed', beats: 2, first_beat_at: second(61), last_beat_at: second(71), largest_gap_ms: 100_000, ended_revision: '4' },
      { run: 2, end: 'failed', beats: 2, largest_gap_ms: 150_000 },
      { run: 3, worker: 'bob', end: null, beats: 0 },
    ]);
  });
});

describe('what is ready', () => {
  it('comes by priority, then age, without what cools down, backs off or is assigned to somebody else', async () => {
    await tellTask(store, 1, created(0));
    await tellTask(store, 2, created(1, { priority: 5 }));
    await tellTask(store, 3, created(2, { assignee: 'bob', labels: ['gpu'] }));
    await tellTask(store, 4, created(3), claimed(4, 1, 'ada'), failed(5, 1, 'ada', { not_before: second(300) }));
    await tellTask(store, 5, created(6), claimed(7, 1, 'ada'), failed(8, 1, 'ada', { outcome: 'rate_limited', not_before: second(400) }));
    const ready = (more: object) =>
      readModel.read((rows) => readyTasks(rows, { board: 'main', now: second(10), limit: 9, ...more }).map(({ task_id }) => task_id));
    expect(await ready({})).toEqual([taskId(2), taskId(1)]);
    expect(await ready({ assignee: 'bob' })).toEqual([taskId(2), taskId(1), taskId(3)]);
    expect(await ready({ assignee: 'bob', labels: ['gpu'] })).toEqual([taskId(3)]);
    expect(await ready({ now: second(300) })).toEqual([taskId(2), taskId(1), taskId(4)]);
    expect(await readModel.read((rows) => waitingCounts(rows, { board: 'main', now: second(10) }))).toEqual({
      back_off: 1,
      cool_down: 1,
      assigned_to_others: 1,
    });
    expect(await readModel.read((rows) => countByStatus(rows, 'main'))).toEqual({ ready: 5 });
  });
});
