import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/eventstore/port.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { compareWithLog } from '../../src/projections/compare.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import { catchUpProcess } from '../support/catchUpProcess.ts';
import { beat, claimed, completed, created, released, taskId } from '../support/taskLog.ts';
import type { Told } from '../support/taskLog.ts';

const clock = systemClock();
const TASKS = 1000;
let folder: string;
let log: string;
let store: EventStore;
let directory: string;

/** What happens to each task in one turn; the turns of all tasks lie one after the other, so that every batch of the log meets most of them. */
const turn = (n: number, run: number): readonly Told[] => {
  const at = run * 1000;
  const beats = [1, 2, 3, 4].map((minute) => beat(at + minute * 60 + (n % 7), run, 'ada', { note: `${minute}/4`, percent: minute * 25 }));
  return [claimed(at, run, 'ada'), ...beats, run === 4 && n % 3 === 0 ? completed(at + 300, run, 'ada') : released(at + 300, run, 'ada')];
};

const append = (n: number, events: readonly Told[], revision: number) =>
  store.append(
    `task-${taskId(n)}`,
    events.map((event) => ({ id: randomUUID(), metadata: {}, ...event })),
    revision < 0 ? 'no_stream' : BigInt(revision),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-side-'));
  log = join(folder, 'log.db');
  store = await openSqliteEventStore({ path: log, create: true, synchronous: 'NORMAL' });
  const all = Array.from({ length: TASKS }, (_, n) => n);
  await Promise.all(all.map((n) => append(n, [created(n, { priority: n % 5, labels: [`l${n % 3}`] })], -1)));
  for (const run of [1, 2, 3, 4]) await Promise.all(all.map((n) => append(n, turn(n, run), (run - 1) * 6)));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  directory = mkdtempSync(join(folder, 'views-'));
});

/** Catches up here as well and compares every row with those of a clean fold. */
const comparison = async () => {
  const readModel = await openReadModel({ store, directory, clock });
  const compared = await compareWithLog({ store, readModel, clock });
  expect(readModel.path()).not.toBe(':memory:');
  readModel.close();
  return compared;
};

describe('catching up', () => {
  it('killed again and again at random points gives what a clean rebuild gives', async () => {
    for (let round = 0; round < 8; round += 1) {
      const victim = catchUpProcess({ log, directory, rebuilds: round % 3 === 0 ? 5 : 0 });
      expect(await victim.line()).toBe('open');
      for (let lines = round % 4; lines > 0; lines -= 1) await victim.line();
      await clock.sleep(Math.random() * 60);
      victim.kill();
      await victim.ended;
    }
    expect(await comparison()).toMatchObject({ rows: TASKS * 5, different: 0, differences: [] });
  });

  it('by several processes at once, one rebuilding and one killed, gives what a clean rebuild gives', async () => {
    const [patient, rebuilding, victim, late] = [0, 3, 3, 1].map((rebuilds) => catchUpProcess({ log, directory, rebuilds }));
    const grown = Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        await append(TASKS + n, [created(n), claimed(1, 1, 'bob'), beat(2, 1, 'bob')], -1);
      }),
    );
    await victim?.line();
    await victim?.line();
    victim?.kill();
    const said = await Promise.all([patient?.lines(), rebuilding?.lines(), late?.lines()]);
    expect(await Promise.all([patient?.ended, rebuilding?.ended, late?.ended])).toEqual([0, 0, 0]);
    expect(said.map((lines) => lines?.at(-1))).toEqual(said.map(() => expect.stringContaining(directory)));
    await grown;
    expect(await comparison()).toMatchObject({ rows: TASKS * 5 + 600, different: 0, differences: [] });
  });

  it('in one batch or in many gives the same rows', async () => {
    const readModel = await openReadModel({ store, directory, clock });
    const head = await store.head();
    for (let to = 0n; to < head; to += 977n) await readModel.catchUp({ to });
    readModel.close();
    expect(await comparison()).toMatchObject({ different: 0 });
  });
});
