import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import type { Cli } from './support/cli.ts';
import { cleanEnv, MAIN_JS, newCli } from './support/cli.ts';

/** Where it is not, `/proc` is a folder like another. */
const onLinux = process.platform === 'linux' ? it : it.skip;
/** Who goes round for ever takes no SIGTERM. */
const ENDS = { timeout: 30_000, killSignal: 'SIGKILL' } as const;

describe('a folder that takes no folder', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  const ran = (args: readonly string[]) =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN_JS, ...args], { cwd: cli.dir, env: cleanEnv(), ...ENDS }, (error, out, err) =>
        resolve({ exit: error?.code ?? 0, signal: error?.signal ?? null, out, err }),
      );
    });

  onLinux.each([
    ['init', '--store', '/proc/holdfast'],
    ['init', '--store', '/proc/holdfast/in/it'],
    ['init', '--store', '/proc/holdfast/log.db'],
    ['copy', '--to', '/proc/holdfast'],
    ['demo', '--store', '/proc/holdfast'],
  ])(
    'is refused by %s %s %s',
    async (...args) => {
      const folder = args.at(-1)?.replace('/log.db', '') ?? '';
      const err = `StoreUnavailable: cannot make the folder ${folder}: no folder can be made in /proc; name another with --store\n`;
      expect(await ran(args)).toEqual({ exit: 7, signal: null, out: '', err });
    },
    60_000,
  );
});
