import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/interfaces/cli/main.js', import.meta.url));

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };
export type Run = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ran>;
export type Cli = {
  readonly dir: string;
  /** Runs the command line in the folder; no HOLDFAST_ variable of the caller gets through. */
  readonly run: Run;
  /** The same with --json; the one document that it printed. */
  readonly json: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly exit: number; readonly data: Json; readonly error: Json }>;
  readonly remove: () => Promise<void>;
};
export type Json = { readonly [key: string]: unknown };

export const MAIN_JS = MAIN;

export const cleanEnv = (env: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  NO_COLOR: '1',
  ...env,
});

/** The built command line, each time in a process of its own. */
export const cliIn = (dir: string): Omit<Cli, 'remove'> =>
  cliWith(
    dir,
    (args, env = {}) =>
      new Promise((resolve, reject) => {
        execFile(process.execPath, [MAIN, ...args], { cwd: dir, env: cleanEnv(env) }, (error, out, err) => {
          const exit = error === null ? 0 : error.code;
          if (typeof exit === 'number') resolve({ exit, out, err });
          else reject(error ?? new Error('no exit code'));
        });
      }),
  );

export const cliWith = (dir: string, run: Run): Omit<Cli, 'remove'> => ({
  dir,
  run,
  json: async (args, env) => {
    const { exit, out } = await run([...args, '--json'], env);
    const document: { schema_version: number; data?: Json; error?: Json } = JSON.parse(out);
    if (document.schema_version !== 1) throw new Error(`not version 1: ${out}`);
    return { exit, data: document.data ?? {}, error: document.error ?? {} };
  },
});

export const newFolder = async (): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
};

/** A folder of its own; with `init` it has a board. */
export const newCli = async ({ init = true }: { readonly init?: boolean } = {}): Promise<Cli> => {
  const { dir, remove } = await newFolder();
  const cli = cliIn(dir);
  if (init) {
    const { exit, err } = await cli.run(['init']);
    if (exit !== 0) throw new Error(err);
  }
  return { ...cli, remove };
};

/** The id that `create -q` printed. */
export const createTask = async ({ run }: Pick<Cli, 'run'>, ...args: readonly string[]): Promise<string> => {
  const { exit, out, err } = await run(['create', '-q', ...args]);
  if (exit !== 0) throw new Error(err);
  return out.trim();
};
