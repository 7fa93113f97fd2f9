import { describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnoseSqlite } from '../../src/eventstore/sqlite/diagnose.ts';
import type { DiagnoseSqlite } from '../../src/eventstore/sqlite/diagnose.ts';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { someEvent } from '../support/storeEvents.ts';
import { logFolder } from '../support/storeProcesses.ts';

const GIB = 1024 ** 3;
const disk = (type: number, free = 100 * GIB) => ({ facts: () => ({ type, free, size: 200 * GIB }) });
const EXT4 = disk(0xef53);

const aLog = async (): Promise<string> => {
  const path = join(logFolder(), 'log.db');
  const store = await openSqliteEventStore({ path, create: true, synchronous: 'NORMAL' });
  await store.append('task-1', [someEvent()], 'no_stream');
  await store.close();
  return path;
};
const findings = async (path: string, more: Partial<DiagnoseSqlite> = {}) => diagnoseSqlite({ path, clock: systemClock(), readOnly: false, ...EXT4, ...more });
const levels = async (path: string, more: Partial<DiagnoseSqlite> = {}) => (await findings(path, more)).map(({ check, level }) => `${check} ${level}`);

describe('what the embedded store says of itself', () => {
  it('everything is well with a log on a local disk', async () => {
    expect(await levels(await aLog())).toEqual(['file_system ok', 'disk_space ok', 'sqlite ok', 'file ok', 'clock ok', 'lock ok']);
  });

  it('takes no lock when it may only read', async () => {
    expect(await levels(await aLog(), { readOnly: true })).not.toContain('lock ok');
  });

  it.each([
    ['NFS', 0x6969, 'fail'],
    ['9P', 0x01021997, 'fail'],
    ['tmpfs', 0x01021994, 'warn'],
    ['overlay', 0x794c7630, 'warn'],
    ['FUSE', 0x65735546, 'warn'],
    ['type 0x1234', 0x1234, 'ok'],
  ])('on %s', async (name, type, level) => {
    const [finding] = await findings(await aLog(), disk(type));
    expect(finding).toMatchObject({ check: 'file_system', level, saw: expect.stringContaining(`is on ${name}`) });
    expect(finding?.mend === null).toBe(level === 'ok');
  });

  it.each([
    ['800 MB', 800e6, 'warn'],
    ['10 MB', 10e6, 'fail'],
  ])('with %s left', async (shown, free, level) => {
    const [, finding] = await findings(await aLog(), disk(0xef53, free));
    expect(finding).toMatchObject({ check: 'disk_space', level, saw: expect.stringContaining(`${shown} free`) });
  });

  it('a folder, a log or a whole file that is missing fails, with how to make one', async () => {
    expect(await findings('/nowhere/at/all/log.db')).toEqual([
      { check: 'file_system', level: 'fail', saw: 'there is no folder /nowhere/at/all', mend: 'holdfast init' },
    ]);
    const folder = logFolder();
    expect((await findings(join(folder, 'log.db'))).at(-1)).toMatchObject({ check: 'file', level: 'fail', mend: 'holdfast init' });
    writeFileSync(join(folder, 'text.db'), 'a text '.repeat(1000));
    expect((await findings(join(folder, 'text.db'))).at(-1)).toMatchObject({
      check: 'file',
      level: 'fail',
      saw: expect.stringContaining('is not a Holdfast log'),
    });
    writeFileSync(join(folder, 'empty.db'), '');
    expect((await findings(join(folder, 'empty.db'))).at(-1)).toMatchObject({ check: 'file', level: 'fail', mend: 'holdfast init' });
    mkdirSync(join(folder, 'folder.db'));
    expect((await findings(join(folder, 'folder.db'))).at(-1)).toMatchObject({ check: 'file', level: 'fail' });
  });

  it('a log of a newer format fails', async () => {
    const path = await aLog();
    const database = openDatabase({ path });
    database.exec("UPDATE meta SET value = '99' WHERE key = 'format'");
    database.close();
    expect((await findings(path)).at(-1)).toMatchObject({ check: 'file', level: 'fail', saw: expect.stringContaining('format 99; this version reads 2') });
  });

  it('a clock that was set back behind the newest event is to look at', async () => {
    const clock = { ...systemClock(), now: () => Date.now() - 60_000 };
    expect(await findings(await aLog(), { clock })).toContainEqual(
      expect.objectContaining({ check: 'clock', level: 'warn', saw: expect.stringMatching(/^the newest event is (59|60) s ahead/) }),
    );
  });

  it('another process that holds the write lock fails after the wait, and is to look at when it was slow to let go', async () => {
    const path = await aLog();
    const other = openDatabase({ path });
    let now = 0;
    let letGoAt = Number.POSITIVE_INFINITY;
    const clock = {
      ...systemClock(),
      monotonic: () => (now += 20),
      sleep: async (ms: number) => {
        now += ms;
        if (now > letGoAt) other.exec('ROLLBACK');
        if (now > letGoAt) letGoAt = Number.POSITIVE_INFINITY;
      },
    };
    other.exec('BEGIN IMMEDIATE');
    expect((await findings(path, { clock })).at(-1)).toMatchObject({ check: 'lock', level: 'fail', mend: `fuser -v ${path}` });
    letGoAt = now + 2_000;
    expect((await findings(path, { clock })).at(-1)).toMatchObject({ check: 'lock', level: 'warn' });
    other.close();
  });
});
