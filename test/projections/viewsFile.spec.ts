import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { collectClosed, openDatabase } from '../../src/platform/sqlite.ts';
import { compareWithLog } from '../../src/projections/compare.ts';
import { listTasks } from '../../src/projections/lists.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import type { ReadModel } from '../../src/projections/readModel.ts';
import { foldNumber, PROJECTIONS } from '../../src/projections/views.ts';
import { beat, claimed, completed, created, tellTask } from '../support/taskLog.ts';

const clock = systemClock();
let directory: string;
let store: EventStore;
const opened: ReadModel[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-views-'));
  store = memoryEventStore({ identity: 'log-1' });
  await tellTask(store, 1, created(0), claimed(1, 1, 'ada'), beat(2, 1, 'ada'));
  await tellTask(store, 2, created(3));
});
afterEach(async () => {
  for (const readModel of opened.splice(0)) readModel.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = async (options: Partial<Parameters<typeof openReadModel>[0]> = {}): Promise<ReadModel> => {
  const readModel = await openReadModel({ store, directory, clock, ...options });
  opened.push(readModel);
  return readModel;
};
const statuses = (readModel: ReadModel) => readModel.read((rows) => listTasks(rows, { board: 'main', limit: 10 }).map(({ status }) => status));
/** Opens, folds the log, closes; answers where the file is. */
const built = async (): Promise<string> => {
  const readModel = await open();
  await readModel.catchUp();
  readModel.close();
  await collectClosed();
  return readModel.path();
};
const eventsReadBy = async (readModel: ReadModel): Promise<number> => (await readModel.catchUp()).events;

const inFile = (path: string, sql: string): void => {
  const database = openDatabase({ path });
  database.exec(sql);
  database.close();
};

describe('the views file', () => {
  it('is named after the log and the folds', async () => {
    const path = await built();
    expect(path).toBe(join(directory, `views-log-1-${foldNumber(PROJECTIONS)}.db`));
    expect(readdirSync(directory)).toEqual([`views-log-1-${foldNumber(PROJECTIONS)}.db`]);
  });

  it('is read on from its checkpoint', async () => {
    await built();
    const again = await open();
    expect(await eventsReadBy(again)).toBe(0);
    await tellTask(store, 1, completed(4, 1, 'ada'));
    expect(await again.catchUp()).toMatchObject({ events: 1, position: await store.head() });
    expect(await statuses(again)).toEqual(['done', 'ready']);
  });

  it('is another one when a fold has changed, built from the start', async () => {
    await built();
    const raised = await open({ projections: { ...PROJECTIONS, runs: { ...PROJECTIONS.runs, fold: PROJECTIONS.runs.fold + 1 } } });
    expect(raised.path()).toBe(join(directory, `views-log-1-${foldNumber(PROJECTIONS) + 1}.db`));
    expect(await eventsReadBy(raised)).toBe(4);
  });

  it('is built anew when it is ahead of the log', async () => {
    await built();
    const shorter = memoryEventStore({ identity: 'log-1' });
    await tellTask(shorter, 7, created(0));
    const readModel = await open({ store: shorter });
    expect(await statuses(readModel)).toEqual(['ready']);
    await shorter.close();
  });

  it('is built anew when its checkpoint is the place of another event in the log', async () => {
    await built();
    const other = memoryEventStore({ identity: 'log-1' });
    await tellTask(other, 8, created(0), claimed(1, 1, 'ada'), completed(2, 1, 'ada'));
    await tellTask(other, 2, created(3));
    await tellTask(other, 9, created(3));
    const readModel = await open({ store: other });
    expect(await statuses(readModel)).toEqual(['done', 'ready', 'ready']);
    await other.close();
  });

  it('goes back to the start on rebuild, with progress', async () => {
    const readModel = await open();
    await readModel.catchUp();
    const seen: number[] = [];
    expect(await readModel.rebuild({ onProgress: ({ events }) => seen.push(events) })).toMatchObject({ events: 4 });
    expect(seen).toEqual([4]);
    expect(await statuses(readModel)).toEqual(['running', 'ready']);
  });

  it('is opened again when another file took its place', async () => {
    const readModel = await open();
    await readModel.catchUp();
    const other = mkdtempSync(join(tmpdir(), 'holdfast-views-'));
    const emptyModel = await open({ directory: other });
    await emptyModel.catchUp({ to: -1n });
    emptyModel.close();
    renameSync(emptyModel.path(), readModel.path());
    for (const beside of ['-wal', '-shm']) rmSync(`${readModel.path()}${beside}`, { force: true });
    expect(await eventsReadBy(readModel)).toBe(4);
    expect(await statuses(readModel)).toEqual(['running', 'ready']);
    rmSync(other, { recursive: true });
  });

  it('is followed live: the rows are as far as the batch that is handed on', async () => {
    const readModel = await open();
    const { position } = await readModel.catchUp();
    const stop = new AbortController();
    const seen: (readonly string[])[] = [];
    for await (const { caught_up } of readModel.follow({ after: position, signal: stop.signal })) {
      seen.push(await readModel.peek((rows) => listTasks(rows, { board: 'main', limit: 10 }).map(({ status }) => status)));
      if (caught_up) await tellTask(store, 1, completed(4, 1, 'ada'));
      else stop.abort();
    }
    expect(seen).toEqual([
      ['running', 'ready'],
      ['done', 'ready'],
    ]);
  });

  it('is followed live so far also when another process has emptied the rows in between', async () => {
    const [readModel, other] = [await open(), await open()];
    const { position } = await readModel.catchUp();
    const stop = new AbortController();
    for await (const { caught_up } of readModel.follow({ after: position, signal: stop.signal })) {
      if (caught_up) {
        await other.rebuild({ signal: AbortSignal.abort() });
        await tellTask(store, 1, completed(4, 1, 'ada'));
        continue;
      }
      stop.abort();
      expect(await readModel.peek((rows) => listTasks(rows, { board: 'main', limit: 10 }).map(({ status }) => status))).toEqual(['done', 'ready']);
    }
    expect.assertions(1);
  });
});

describe('a damaged views file', () => {
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['that is garbage', (path) => writeFileSync(path, Buffer.alloc(40_000, 0xa5))],
    ['that was cut in the middle', (path) => truncateSync(path, 6000)],
    ['that was cut in its first page', (path) => truncateSync(path, 50)],
    ['that is empty', (path) => truncateSync(path, 0)],
    ['with garbage after the header', (path) => writeFileSync(path, readFileSync(path).fill(0x5a, 100))],
    ['with garbage in its last half', (path) => writeFileSync(path, readFileSync(path).fill(0x5a, readFileSync(path).length / 2))],
    ['with garbage beside it for a log', (path) => writeFileSync(`${path}-wal`, Buffer.alloc(9000, 0x77))],
    ['without one of its tables', (path) => inFile(path, 'DROP TABLE runs')],
    ['without its checkpoint', (path) => inFile(path, 'DELETE FROM checkpoint')],
    ['whose rows are not JSON', (path) => inFile(path, "UPDATE tasks SET doc = '{'")],
  ];
  it.each(damages)('%s is built anew, and the question is answered', async (_, damage) => {
    const path = await built();
    damage(path);
    const readModel = await open();
    await tellTask(store, 1, completed(4, 1, 'ada'));
    expect(await statuses(readModel)).toEqual(['done', 'ready']);
    expect(await compareWithLog({ store, readModel, clock })).toMatchObject({ rows: 3, different: 0 });
    expect(readModel.path()).toBe(path);
  });

  it('that is damaged while it is open is built anew', async () => {
    const readModel = await open();
    await readModel.catchUp();
    readModel.close();
    const path = readModel.path();
    const second = await open();
    expect(await statuses(second)).toEqual(['running', 'ready']);
    writeFileSync(path, Buffer.alloc(40_000, 0xa5));
    await tellTask(store, 1, completed(4, 1, 'ada'));
    expect(await statuses(second)).toEqual(['done', 'ready']);
  });

  it('in a folder that cannot be used gives rows in memory', async () => {
    const readModel = await open({ directory: join(directory, 'missing') });
    expect(await statuses(readModel)).toEqual(['running', 'ready']);
    expect(readModel.path()).toBe(':memory:');
  });
});
