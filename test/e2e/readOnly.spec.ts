import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { holdfastAt } from '../support/holdfast.ts';
import { cleanEnv, cliIn, cliWith, createTask, MAIN_JS, newFolder, type Cli, type Run } from './support/cli.ts';

/** Root may write anything, so it lets another user look. */
const NOBODY = 65_534;
const stranger = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const runIn =
  (cwd: string): Run =>
  (args, env = {}) =>
    new Promise((resolve, reject) => {
      execFile(process.execPath, [MAIN_JS, ...args], { cwd: '/', env: cleanEnv({ HOLDFAST_STORE: cwd, ...env }), ...stranger }, (error, out, err) => {
        const exit = error === null ? 0 : error.code;
        if (typeof exit === 'number') resolve({ exit, out, err });
        else reject(error ?? new Error('no exit code'));
      });
    });

/** Whether that user may run the command line at all: a checkout may lie where only root looks. */
const mayRun = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['-e', `require('node:fs').accessSync(${JSON.stringify(MAIN_JS)})`], { cwd: '/', ...stranger }, (error) =>
      resolve(error === null),
    );
  });

describe('a log that its reader may not write', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let cli: Omit<Cli, 'remove'>;
  let task_id: string;
  let runs: boolean;
  beforeEach(async () => {
    runs = await mayRun();
    ({ dir: folder, remove } = await newFolder());
    chmodSync(dirname(folder), 0o711); // where a run of the specs keeps its files
    const owner = cliIn(folder);
    expect(await owner.run(['init', '--store', folder])).toMatchObject({ exit: 0 });
    task_id = await createTask(owner, 'Pack modules', '--store', folder);
    cli = cliWith(folder, runIn(folder));
  });
  afterEach(async () => {
    chmodSync(folder, 0o755);
    await remove();
  });
  const onlyRead = (): void => {
    chmodSync(join(folder, 'log.db'), 0o444);
    chmodSync(folder, 0o555);
  };

  it('is read while somebody who may write it has it open, and what is written then is seen', async () => {
    if (!runs) return;
    const owner = await holdfastAt(folder);
    try {
      onlyRead();
      expect((await cli.json(['show', task_id])).data).toMatchObject({ task_id, status: 'ready' });
      await owner.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
      expect((await cli.json(['list'])).data).toMatchObject({ tasks: [{ task_id, worker: 'ada' }] });
      for (const verb of [['history', task_id], ['verify'], ['events'], ['stats']]) expect(await cli.run(verb)).toMatchObject({ exit: 0, err: '' });
      const refused = await cli.json(['create', 'Another']);
      expect(refused).toMatchObject({ exit: 7, error: { code: 'StoreUnavailable', message: expect.stringContaining('cannot be written') } });
    } finally {
      await owner.close();
    }
  });

  it('is read as it lies there while nobody has it open, and not written', async () => {
    if (!runs) return;
    onlyRead();
    expect((await cli.json(['list'])).data).toMatchObject({ tasks: [{ task_id, status: 'ready' }] });
    for (const verb of [['show', task_id], ['history', task_id], ['verify'], ['events'], ['stats']])
      expect(await cli.run(verb)).toMatchObject({ exit: 0, err: '' });
    const refused = await cli.json(['create', 'Another']);
    expect(refused).toMatchObject({ exit: 7, error: { code: 'StoreUnavailable', message: expect.stringContaining('cannot be written') } });
    const { exit, data } = await cli.json(['doctor', '--read-only']);
    expect(data['findings']).toContainEqual(expect.objectContaining({ check: 'file', level: 'warn', saw: expect.stringContaining('can be read here') }));
    expect(exit).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('log.db-') && name !== 'log.db-bell')).toEqual([]);
  });

  it('of an older format is refused by that reason while somebody has it open', async () => {
    if (!runs) return;
    const held = openDatabase({ path: join(folder, 'log.db') });
    try {
      held.exec(`ALTER TABLE heads RENAME COLUMN stream_id TO id; ALTER TABLE heads RENAME COLUMN position TO pos;
        UPDATE meta SET value = '1' WHERE key = 'format'`);
      onlyRead();
      expect(await cli.json(['list'])).toMatchObject({
        exit: 7,
        error: { code: 'StoreUnreadable', message: expect.stringContaining('is of an older format') },
      });
    } finally {
      held.close();
    }
  });

  it.each(['wal', 'journal'])('that was not closed, so that its -%s is left, is refused: the file is not what it should be without that', async (left) => {
    if (!runs) return;
    writeFileSync(join(folder, `log.db-${left}`), 'left by a crash');
    onlyRead();
    const { exit, error } = await cli.json(['list']);
    expect({ exit, code: error['code'] }).toEqual({ exit: 7, code: 'StoreUnavailable' });
    expect(error['message']).toContain(`was not closed, and SQLite cannot mend that in ${folder}`);
  });

  it('in a folder that its reader may not look into is unavailable, which is no defect', async () => {
    if (!runs) return;
    chmodSync(folder, 0o000);
    expect(await cli.json(['list'])).toMatchObject({ exit: 7, error: { code: 'StoreUnavailable', mend: expect.stringContaining('permissions') } });
  });
});
