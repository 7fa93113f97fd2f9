import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { compareWithLog } from '../../src/projections/compare.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import type { ReadModel } from '../../src/projections/readModel.ts';
import { claimed, created, taskId, tell, tellTask, told } from '../support/taskLog.ts';

const clock = systemClock();
let directory: string;
let store: EventStore;
let readModel: ReadModel;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-compare-'));
  store = memoryEventStore();
  await tell(store, 'board-main', told('BoardCreated', 0, { board: 'main', policy: {} }));
  for (const n of [1, 2, 3]) await tellTask(store, n, created(n), claimed(n + 1, 1, 'ada'));
  readModel = await openReadModel({ store, directory, clock });
});
afterEach(async () => {
  readModel.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

const compared = async () => {
  const comparison = await compareWithLog({ store, readModel, clock });
  if (comparison === undefined) throw new Error('it was not ended');
  return comparison;
};

const tamper = async (sql: string) => {
  await readModel.catchUp();
  const database = openDatabase({ path: readModel.path() });
  database.exec(sql);
  database.close();
};

describe('comparing the rows with the log', () => {
  it('finds nothing when they are what the log says', async () => {
    expect(await compareWithLog({ store, readModel, clock })).toEqual({
      position: await store.head(),
      in_memory: false,
      rows: 7,
      different: 0,
      differences: [],
    });
  });

  it('names the row, and which of its fields differ', async () => {
    await tamper(`UPDATE tasks SET doc = replace(doc, 'Pack', 'Park'), priority = 9 WHERE key = '${taskId(2)}'`);
    const { different, differences } = await compared();
    expect(different).toBe(1);
    expect(differences).toEqual([{ view: 'tasks', key: taskId(2), kind: 'different', fields: ['priority', 'title'] }]);
  });

  it('names rows that are missing and rows that no event speaks of', async () => {
    await tamper(`DELETE FROM tasks WHERE key = '${taskId(1)}'; DELETE FROM runs WHERE key LIKE '${taskId(3)}%'; INSERT INTO boards VALUES ('ghost', '{}')`);
    const { differences } = await compared();
    expect(differences.map(({ view, key, kind }) => [view, key.slice(0, 12), kind])).toEqual([
      ['tasks', taskId(1), 'missing'],
      ['runs', taskId(3), 'missing'],
      ['boards', 'ghost', 'surplus'],
    ]);
  });

  it('says so when there is no file to compare', async () => {
    const inMemory = await openReadModel({ store, directory: ':memory:', clock });
    expect(await compareWithLog({ store, readModel: inMemory, clock })).toMatchObject({ in_memory: true, rows: 0, different: 0 });
    inMemory.close();
  });

  it('finds nothing wrong in what it was kept from reading', async () => {
    expect(await compareWithLog({ store, readModel, clock, signal: AbortSignal.abort() })).toBeUndefined();
  });

  it('is sound again after a rebuild', async () => {
    await tamper('DELETE FROM runs');
    await readModel.rebuild();
    expect(await compareWithLog({ store, readModel, clock })).toMatchObject({ rows: 7, different: 0 });
  });
});
