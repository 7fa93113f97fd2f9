import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli, Run } from './support/cli.ts';

const BOARD = `e2e-${randomUUID().slice(0, 8)}`;

describe('the command line on a server', () => {
  let server: EventStoreDbDouble;
  let plain: Cli;
  let env: Readonly<Record<string, string>>;
  const run: Run = (args, more) => plain.run(args, { ...env, ...more });
  const json = (args: readonly string[]) => plain.json(args, env);

  beforeAll(async () => {
    server = await eventStoreDbDouble();
    plain = await newCli({ init: false });
    env = { HOLDFAST_STORE: server.address, HOLDFAST_BOARD: BOARD, XDG_CACHE_HOME: join(plain.dir, 'cache') };
  });
  afterAll(async () => {
    await plain.remove();
    await server.close();
  });

  it('does what docker-compose.yml does: init, once and again, serve, a first task, a health check', async () => {
    expect(await json(['init'])).toMatchObject({ exit: 0, data: { board: BOARD, created: true } });
    expect(await json(['init'])).toMatchObject({ exit: 0, data: { created: false } });
    const serving = spawn(process.execPath, [MAIN_JS, 'serve'], { cwd: plain.dir, env: cleanEnv(env), stdio: ['ignore', 'pipe', 'ignore'] });
    expect(String((await once(serving.stdout, 'data'))[0])).toContain(`serving board ${BOARD}`);
    const id = await createTask({ run }, 'Say hi');
    expect(await json(['list'])).toMatchObject({ data: { tasks: [{ task_id: id, status: 'ready' }] } });
    expect((await run(['work', '--until-empty', '--', 'true'])).exit).toBe(0);
    expect(await json(['show', id])).toMatchObject({ data: { status: 'done' } });
    expect(await json(['doctor', '--read-only'])).toMatchObject({ exit: 0, data: { ok: true } });
    serving.kill('SIGTERM');
    expect(await once(serving, 'exit')).toEqual([0, null]);
  });

  it.each([[['serve']], [['work', '--', 'true']]])('%p, told to end while it still waits for the server, ends at once with exit 7', async (verb) => {
    const mute = await eventStoreDbDouble();
    mute.network.freeze();
    const waiting = spawn(process.execPath, [MAIN_JS, ...verb], { cwd: plain.dir, env: cleanEnv({ ...env, HOLDFAST_STORE: mute.address }), stdio: 'pipe' });
    const said: string[] = [];
    waiting.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text));
    while (mute.network.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    waiting.kill('SIGTERM');
    expect(await once(waiting, 'close')).toEqual([7, null]);
    expect(said.join('')).toMatch(/^[^\n]*stopped \(SIGTERM\) before esdb:\/\/127\.0\.0\.1:\d+ gave an answer[^\n]*\n$/);
    await mute.close();
  });

  it('doctor says how the server is', async () => {
    const { exit, data } = await json(['doctor']);
    const checks = ['address', 'tls', 'server', 'version', 'clock', 'rights', 'round_trip', 'views', 'claims', 'revocations'];
    expect({ exit, findings: data['findings'] }).toEqual({ exit: 0, findings: checks.map((check) => expect.objectContaining({ check, level: 'ok' })) });
  });

  it('copy takes the board to a file and back to another server', async () => {
    expect(await json(['copy', '--to', 'backup'])).toMatchObject({ exit: 0, data: { complete: true } });
    const tasks = async (store: string) => (await json(['list', '--store', store])).data['tasks'];
    const statuses = async (store: string) => JSON.stringify(await tasks(store)).match(/"(task_id|status)":"\w+"/g);
    expect(await statuses('backup')).toEqual(await statuses(server.address));
    const other = await eventStoreDbDouble();
    expect(await json(['copy', '--from', 'backup', '--to', other.address])).toMatchObject({ exit: 0, data: { complete: true, already: 0 } });
    expect(await json(['copy', '--from', 'backup', '--to', other.address])).toMatchObject({ exit: 0, data: { copied: 0 } });
    expect(await statuses(other.address)).toEqual(await statuses(server.address));
    await other.close();
  });

  it('shows no password', async () => {
    const secret = { HOLDFAST_STORE: server.address.replace('//', '//ana:geheim@') };
    for (const args of [['where'], ['init'], ['doctor'], ['copy', '--to', 'again'], ['list', '--store', 'kurrentdb://ana:geheim@db:2113']]) {
      const { out, err } = await run(args, secret);
      expect(out + err).not.toContain('geheim');
    }
  });
});
