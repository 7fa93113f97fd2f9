import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve('dist/interfaces/cli/main.js');

/** A run of the built demo, its board in a folder of the test. */
const startDemo = (folder: string, store: string = join(folder, 'store')) => {
  const child = spawn(process.execPath, [MAIN, 'demo', '--store', store], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      heard.forEach((look) => look());
    });
  }
  const exit = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const says = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => (output.includes(text) ? done() : undefined);
      heard.add(look);
      void exit.then((code) => fail(new Error(`ended with ${code} without saying “${text}”:\n${output}`)));
      look();
    });
  return { pid: child.pid ?? 0, exit, says, output: () => output, interrupt: () => child.kill('SIGINT') };
};

/** Processes that work in the folder: all that a demo started do. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => Number(pid) > 0 && workingFolder(pid)?.startsWith(folder) === true && Number(pid) !== process.pid);

const workingFolder = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
};

const inFolder = async (test: (folder: string) => Promise<void>): Promise<void> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-demo-spec-')));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('holdfast demo', () => {
  onLinux('tells its stories, finds all of them so, and keeps the board', () =>
    inFolder(async (folder) => {
      const demo = startDemo(folder);
      expect({ exit: await demo.exit, output: demo.output() }).toEqual({
        exit: 0,
        output: expect.stringContaining('23 of 25 done once, 1 given up, 1 in a block loop · log refold = views · verify ok'),
      });
      expect(demo.output()).not.toMatch(/^ {2}NOT /m);
      for (const text of [
        'RECLAIMED supervisor_lost',
        'RECLAIMED heartbeat_stale; SIGTERM, SIGKILL',
        'CompleteTask is REFUSED',
        'GAVE UP after 2 of 2 failures',
        'run 3 BLOCKED: still: which package?',
        'PROMOTED: ready now',
        'WARNING  block_unblock_cycling',
        'needs_input: which package, and packed how?',
        'ERROR  false_reclaim',
      ]) {
        expect(demo.output()).toContain(text);
      }
      const hints = demo.output().match(/^.*holdfast (why|log|events|block|board policy) .*--board.*$/gm) ?? [];
      expect(hints.length).toBeGreaterThan(0);
      expect(hints.filter((hint) => !hint.includes(`--store ${join(folder, 'store')}`))).toEqual([]);
      expect(existsSync(join(folder, 'store', 'log.db'))).toBe(true);
      expect(processesOf(folder)).toEqual([]);
    }),
  );

  onLinux('ends all its processes when it is interrupted, a frozen child too', () =>
    inFolder(async (folder) => {
      const demo = startDemo(folder);
      await demo.says('and now hangs');
      demo.interrupt();
      expect(await demo.exit).toBe(130);
      expect(demo.output()).toContain('Stopped. The board is kept');
      expect(processesOf(folder)).toEqual([]);
    }),
  );

  onLinux('touches no board that is there already', () =>
    inFolder(async (folder) => {
      const first = startDemo(folder);
      await first.says('claimed by');
      const second = startDemo(folder);
      expect(await second.exit).toBe(2);
      expect(second.output()).toContain('The demo wants a fresh board');
      first.interrupt();
      await first.exit;
    }),
  );

  onLinux('keeps its board in a folder, and says so when it is told otherwise', () =>
    inFolder(async (folder) => {
      const demo = startDemo(folder, 'memory:');
      expect(await demo.exit).toBe(2);
      expect(demo.output()).toContain('--store ‘memory:’ is not allowed: the demo keeps its board in a folder');
    }),
  );
});
