import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/sqlite.ts';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

describe('doctor', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
    await createTask(cli, 'Pack');
  });
  afterAll(() => cli.remove());

  it('four at once beside serve find everything well', async () => {
    const server = spawn(process.execPath, [MAIN_JS, 'serve'], { cwd: cli.dir, env: cleanEnv(), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(server.stdout, 'data');
    const all = await Promise.all(Array.from({ length: 4 }, () => cli.json(['doctor'])));
    expect(all.map(({ exit, data }) => ({ exit, failures: data['failures'] }))).toEqual(Array.from({ length: 4 }, () => ({ exit: 0, failures: 0 })));
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  it('tells when another process does not let go of the log', async () => {
    const other = openDatabase({ path: join(cli.dir, '.holdfast/log.db') });
    other.exec('BEGIN IMMEDIATE');
    expect((await cli.run(['doctor', '--read-only'])).exit).toBe(0);
    const { exit, data } = await cli.json(['doctor']);
    other.exec('ROLLBACK');
    other.close();
    expect({ exit, data }).toMatchObject({ exit: 1, data: { findings: expect.arrayContaining([expect.objectContaining({ check: 'lock', level: 'fail' })]) } });
  });
});
