import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, createTask, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

let cli: Cli;
beforeAll(async () => {
  cli = await newCli();
  // As `npm install holdfast` leaves it: the built package, found by its name.
  mkdirSync(join(cli.dir, 'node_modules'));
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(cli.dir, 'node_modules', 'holdfast'));
});
afterAll(() => cli.remove());

const program = (name: string, script: string): string => {
  const path = join(cli.dir, `${name}.mjs`);
  writeFileSync(path, script);
  return path;
};

/** A program with these variables; what it printed. `say` writes a line to it. */
const running = (path: string, env: Readonly<Record<string, string>>, ...options: readonly string[]) => {
  const child = spawn(process.execPath, [...options, path], { cwd: cli.dir, env: cleanEnv(env), stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const ended = once(child, 'close').then(([code]) => ({ code, out: out.join(''), err: err.join('') }));
  return { ended, say: () => child.stdin.end('go\n') };
};

const beats = async (id: string): Promise<number> => {
  const { out } = await cli.run(['events', '--task', id, '--type', 'HeartbeatRecorded']);
  return out.split('\n').filter((line) => line !== '').length;
};
const claimed = async (title: string) => {
  const id = await createTask(cli, title);
  await cli.run(['claim', id, '--worker', 'ada']);
  return {
    id,
    env: {
      HOLDFAST_STORE: join(cli.dir, '.holdfast'),
      HOLDFAST_BOARD: 'main',
      HOLDFAST_TASK: id,
      HOLDFAST_RUN: '1',
      HOLDFAST_WORKER: 'ada',
      HOLDFAST_LEASE: '15m',
    },
  };
};

/** Touches in a hot loop until something became of it. */
const BUSY = `
import { lastResult, onFenced, touchActivity } from 'holdfast/worker';
const turn = () => new Promise((resolve) => setImmediate(resolve));
const busy = async () => {
  while (lastResult() === undefined) {
    for (let i = 0; i < 1000; i += 1) touchActivity();
    await turn();
  }
  return lastResult();
};`;

describe('holdfast/worker', () => {
  it('under holdfast run beats once for any amount of activity, and its output is no second beat', async () => {
    const id = await createTask(cli, 'Busy');
    const agent = program('agent', `${BUSY}\nconst { ok, code } = await busy();\nconsole.log(JSON.stringify({ ok, code, fenced: onFenced.aborted }));`);
    const ran = await cli.run(['run', '--task', id, '--on-zero', 'complete', '--', process.execPath, agent]);
    expect({ ...ran, out: JSON.parse(ran.out) }).toEqual({ exit: 0, out: { ok: true, code: 'Recorded', fenced: false }, err: '' });
    expect(await beats(id)).toBe(1);
    expect(await cli.json(['history', id])).toMatchObject({ exit: 0 });
  });

  it('tells a program whose run was taken back to stop', async () => {
    const { id, env } = await claimed('Taken');
    const agent = program(
      'fenced',
      `${BUSY}\nonFenced.addEventListener('abort', () => { console.log(onFenced.reason.name, onFenced.reason.reason, lastResult().code); process.exitCode = 3; });\nfor await (const _ of process.stdin) await busy();`,
    );
    const { ended, say } = running(agent, env);
    await cli.run(['reclaim', id, '--force', '--reason', 'too slow']);
    say();
    expect(await ended).toEqual({ code: 3, out: 'StaleRun operator StaleRun\n', err: '' });
    expect(await beats(id)).toBe(0);
  });

  it('ends a run whose budget is used up, and is silent from then on', async () => {
    const { id, env } = await claimed('Budget');
    const agent = program(
      'budget',
      `import { reportBudgetExhausted, touchActivity } from 'holdfast/worker';\ntouchActivity();\nconst answer = await reportBudgetExhausted({ reason: 'all 90 steps used' });\ntouchActivity();\nconsole.log(answer.ok, answer.status);`,
    );
    const { ended } = running(agent, env);
    expect(await ended).toEqual({ code: 0, out: 'true ready\n', err: '' });
    expect(await cli.json(['why', id])).toMatchObject({ data: { runs: [{ end: 'timed_out', said: 'all 90 steps used', counts_as_failure: true }] } });
  });

  it('keeps no program alive, and what it does when that ends disturbs nobody', async () => {
    const { env } = await claimed('Brief');
    const touch = `import { touchActivity } from 'holdfast/worker';\ntouchActivity();\n`;
    const quiet = { code: 0, out: '', err: '' };
    expect(await running(program('brief', touch), env).ended).toEqual(quiet);
    expect(await running(program('exits', `${touch}setImmediate(() => process.exit());`), env).ended).toEqual(quiet);
    expect(await running(program('storeless', touch), { ...env, HOLDFAST_STORE: join(cli.dir, 'nowhere') }).ended).toEqual(quiet);
  });

  it('says at debug why a sign of life was not stored', async () => {
    const { env } = await claimed('Lost');
    const store = join(cli.dir, 'nowhere');
    const { ended } = running(program('lost', `${BUSY}\nconsole.log((await busy()).code);`), { ...env, HOLDFAST_STORE: store, HOLDFAST_LOG: 'debug' });
    const { out, err } = await ended;
    expect(out).toBe('StoreUnavailable\n');
    expect(JSON.parse(err)).toMatchObject({ name: 'holdfast activity', why: expect.stringContaining(store) });
  });

  it('warns once of an environment that makes no sense, and writes nothing', async () => {
    const { id, env } = await claimed('Damaged');
    const { ended } = running(program('damaged', `${BUSY}\nconsole.log((await busy()).code);\ntouchActivity();`), { ...env, HOLDFAST_RUN: 'latest' });
    const { code, out, err } = await ended;
    expect([code, out, err.match(/HoldfastWarning/g)]).toEqual([0, 'BadEnvironment\n', ['HoldfastWarning']]);
    expect(err).toContain('HOLDFAST_RUN is "latest"');
    expect(await beats(id)).toBe(0);
  });

  it('outside of a run loads nothing and says nothing', async () => {
    const hook = program(
      'hook',
      `import { writeSync } from 'node:fs';\nexport const load = (url, context, next) => {\n  if (url.includes('/dist/')) writeSync(1, url.slice(url.indexOf('/dist/')) + '\\n');\n  return next(url, context);\n};`,
    );
    const register = program('register', `import { register } from 'node:module';\nregister(${JSON.stringify(`file://${hook}`)});`);
    const path = program(
      'outside',
      `import { lastResult, touchActivity } from 'holdfast/worker';
const before = process.moduleLoadList.length;
for (let i = 0; i < 100_000; i += 1) touchActivity();
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ loaded: process.moduleLoadList.length - before, result: lastResult() ?? null }));`,
    );
    const { code, out, err } = await running(path, {}, '--import', `file://${register}`).ended;
    const lines = out.trimEnd().split('\n');
    expect([code, err]).toEqual([0, '']);
    expect(lines.slice(0, -1).toSorted()).toEqual([
      '/dist/platform/clock.js',
      '/dist/worker.js',
      '/dist/worker/bridge/activityResult.js',
      '/dist/worker/bridge/lateBridge.js',
      '/dist/worker/bridge/touch.js',
    ]);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ loaded: 0, result: null });
  });
});
