import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import { foldNumber, PROJECTIONS } from '../../src/projections/views.ts';

const clock = systemClock();
const NOW = foldNumber(PROJECTIONS);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-views-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const left = (name: string, hoursAgo: number) => {
  const path = join(directory, name);
  writeFileSync(path, '');
  const then = new Date(clock.now() - hoursAgo * 3_600_000);
  utimesSync(path, then, then);
};
/** What is left of what was there, once the read model has been opened. */
const kept = async (): Promise<readonly string[]> => {
  const store = memoryEventStore({ identity: 'log-1' });
  const readModel = await openReadModel({ store, directory, clock });
  await readModel.catchUp();
  const own = basename(readModel.path());
  readModel.close();
  await store.close();
  return readdirSync(directory).filter((name) => !name.startsWith(own));
};

describe('views of earlier folds', () => {
  it('are removed when nobody has written them for a day', async () => {
    for (const end of ['', '-wal', '-shm', '-mend']) left(`views-log-1-${NOW - 1}.db${end}`, 25);
    left('views-log-1-1.db', 1000);
    expect(await kept()).toEqual([]);
  });

  it('are kept while an earlier version may run beside this one', async () => {
    left(`views-log-1-${NOW - 1}.db`, 25);
    left(`views-log-1-${NOW - 1}.db-wal`, 1);
    expect(await kept()).toHaveLength(2);
  });

  it('are kept when they are of a later version or another log, as is what has another name', async () => {
    const names = [`views-log-1-${NOW + 1}.db`, `views-log-2-${NOW - 1}.db`, 'views-log-1-copy.db', 'log.db'];
    for (const name of names) left(name, 1000);
    expect((await kept()).toSorted()).toEqual(names.toSorted());
  });
});
