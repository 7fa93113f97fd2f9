import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnGated } from '../../../src/worker/child/gatedChild.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-gate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const writer = (text = 'ran') => ({
  file: '/bin/sh',
  args: ['-c', `printf "%s" "${text}" > mark; echo "$0 $1"`, 'a b', '$HOME'],
  cwd: folder,
  env: process.env,
});

describe('the gate of a child', () => {
  it('holds the command until it is opened; pid, group and arguments are those of the command', async () => {
    let output = '';
    const child = spawnGated({ ...writer('$$'), onOutput: (chunk) => (output += Buffer.from(chunk).toString()) });
    await sleep(100);
    expect(existsSync(join(folder, 'mark'))).toBe(false);
    child.open();
    expect(await child.exit).toEqual({ code: 0, signal: null, spawn_error: null });
    await child.closed;
    expect(await readFile(join(folder, 'mark'), 'utf8')).toBe(String(child.pid));
    expect(output).toBe('a b $HOME\n');
  });

  it('ends the child when dismissed: the command never begins', async () => {
    const child = spawnGated({ ...writer(), onOutput: () => undefined });
    child.dismiss();
    await child.exit;
    expect(existsSync(join(folder, 'mark'))).toBe(false);
  });

  it('leaves no orphan when its supervisor is killed before it opens', async () => {
    const module = new URL('../../../dist/worker/child/gatedChild.js', import.meta.url).href;
    const script = `import { spawnGated } from '${module}';
      const child = spawnGated({ file: '/bin/sh', args: ['-c', 'echo > mark'], cwd: process.cwd(), env: process.env, onOutput() {} });
      console.log(child.pid); setInterval(() => {}, 1000);`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number((await createInterface({ input: supervisor.stdout })[Symbol.asyncIterator]().next()).value);
    expect(isAlive(pid)).toBe(true);
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    for (const until = Date.now() + 5000; isAlive(pid) && Date.now() < until;) await sleep(10);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'mark'))).toBe(false);
  });

  it('tells why nothing was started instead of throwing', async () => {
    const nowhere = spawnGated({ ...writer(), cwd: join(folder, 'absent'), onOutput: () => undefined });
    expect((await nowhere.exit).spawn_error).toMatch(/ENOENT/);
    const tooLong = spawnGated({ ...writer(), args: ['x'.repeat(4 * 1024 * 1024)], onOutput: () => undefined });
    expect((await tooLong.exit).spawn_error).toMatch(/E2BIG/);
    tooLong.open();
    tooLong.dismiss();
  });
});

/** Alive and not a zombie: whoever adopted it may be slow to reap. */
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/stat`) && !zombie(pid);
const zombie = (pid: number): boolean => {
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').split(')').at(-1) ?? '');
  } catch {
    return true;
  }
};
