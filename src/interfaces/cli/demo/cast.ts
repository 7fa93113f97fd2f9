import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../platform/makeFolder.ts';
import { built } from '../../../platform/packageRoot.ts';
import type { Clock } from '../../../platform/clock.ts';

type Exit = { readonly code: number | null; readonly signal: string | null };

/** A process of the demo. */
export type Actor = {
  readonly name: string;
  readonly pid: number;
  /** The file of its stderr. */
  readonly log: string;
  readonly exit: Promise<Exit>;
  /** undefined while it runs. */
  readonly ended: () => Exit | undefined;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** What it wrote on stdout so far. */
  readonly output: () => string;
  /** Resolves when `holds` is true of its output, false when it has ended without. */
  readonly said: (holds: (output: string) => boolean) => Promise<boolean>;
};

export type Cast = {
  /** `holdfast ARGS…` under a name. */
  readonly holdfast: (name: string, args: readonly string[]) => Actor;
  /** A script under dist. */
  readonly script: (name: string, file: string, args: readonly string[]) => Actor;
  readonly actors: () => readonly Actor[];
  /** Asks all that still run to end, and does not wait. */
  readonly signalAll: () => void;
  /** Asks all to end, then makes them; resolves when none is left. */
  readonly dismiss: () => Promise<void>;
};

/** The file that `holdfast` runs. */
const MAIN = built('interfaces/cli/main.js');
/** How long the processes get to end by themselves (ms): stop_grace, and what a supervisor needs beyond it. */
const PATIENCE_MS = 8000;

type CastIn = { readonly folder: string; readonly store: string; readonly env: NodeJS.ProcessEnv; readonly clock: Clock };

/**
 * Real processes, their stderr in files of `folder/logs`. Their environment is ours without HOLDFAST_*, but for the store: an address may
 * hold a password, which is nothing for a command line.
 */
export const castIn = ({ folder, store, env, clock }: CastIn): Cast => {
  const logs = join(folder, 'logs');
  makeFolder(logs);
  const clean = Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('HOLDFAST_')));
  const actors: Actor[] = [];
  const start = (name: string, args: readonly string[]): Actor => {
    const actor = startActor({ name, args, cwd: folder, env: { ...clean, HOLDFAST_STORE: store }, log: join(logs, `${name}.log`) });
    actors.push(actor);
    return actor;
  };
  const running = () => actors.filter((actor) => actor.ended() === undefined);
  const signalAll = (): void => {
    for (const actor of running()) {
      actor.signal('SIGTERM');
      actor.signal('SIGCONT'); // a stopped one hears it only then
    }
  };
  const dismiss = async (): Promise<void> => {
    const left = running();
    signalAll();
    const over = new AbortController();
    const all = Promise.all(left.map((actor) => actor.exit)).then(() => over.abort());
    await clock.sleep(PATIENCE_MS, over.signal);
    for (const actor of left) if (actor.ended() === undefined) actor.signal('SIGKILL');
    await all;
  };
  return {
    holdfast: (name, args) => start(name, [MAIN, ...args]),
    script: (name, script, args) => start(name, [built(script), ...args]),
    actors: () => actors,
    signalAll,
    dismiss,
  };
};

type Start = { readonly name: string; readonly args: readonly string[]; readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly log: string };

const startActor = ({ name, args, cwd, env, log }: Start): Actor => {
  const errors = openSync(log, 'a');
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', errors] });
  closeSync(errors);
  const { stdout } = child;
  let output = '';
  let ended: Exit | undefined;
  stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = new Promise<Exit>((resolve) => {
    const end = (code: number | null, signal: string | null): void => resolve((ended = { code, signal }));
    child.once('close', end);
    child.once('error', () => end(null, null));
  });
  const said: Actor['said'] = (holds) =>
    new Promise((resolve) => {
      const look = (): void => (holds(output) ? resolve(true) : undefined);
      stdout?.on('data', look);
      void exit.then(() => resolve(holds(output)));
      look();
    });
  return { name, pid: child.pid ?? 0, log, exit, ended: () => ended, signal: (signal) => void child.kill(signal), output: () => output, said };
};
