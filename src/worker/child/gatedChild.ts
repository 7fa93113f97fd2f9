import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How a child ended: its code, or the signal that ended it, or why it never began. */
export type Exit = { readonly code: number | null; readonly signal: string | null; readonly spawn_error: string | null };

export type GatedChild = {
  /** Leads a process group and session of its own; undefined when nothing was started. */
  readonly pid: number | undefined;
  /** Lets the command begin. */
  readonly open: () => void;
  /** Ends the child before it began. */
  readonly dismiss: () => void;
  readonly exit: Promise<Exit>;
  /** All that it wrote has been handed on; never resolves while another process holds its output open. */
  readonly closed: Promise<void>;
  /** Stops reading its output. */
  readonly abandon: () => void;
};

export type Spawned = {
  /** Resolved: an absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onOutput: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void;
};

/** The gate: the command begins when a line arrives, and never when the writer of that line has died (read then finds the end). */
const GATE = 'read -r _ <&3 && exec "$@" 3<&-';

/**
 * Starts a command behind a gate, so that it can be recorded before it does anything: no process that the board does not know of can
 * be left behind. Its pid and start time stay the same when the gate opens. Never throws; what fails shows in `exit`.
 */
export const spawnGated = ({ file, args, cwd, env, onOutput }: Spawned): GatedChild => {
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', GATE, 'sh', file, ...args], { cwd, env: { ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  } catch (error) {
    return notStarted(error); // such as arguments that are too long
  }
  const [, out, err, gate] = child.stdio;
  child.stdout?.on('data', (chunk: Uint8Array) => onOutput(chunk, 'stdout'));
  child.stderr?.on('data', (chunk: Uint8Array) => onOutput(chunk, 'stderr'));
  gate?.on('error', ignore); // the child has died at the gate: `exit` says so
  return {
    pid: child.pid,
    open: () => isWritable(gate) && gate.end('\n'),
    dismiss: () => gate?.destroy(),
    exit: exitOf(child),
    closed: new Promise((resolve) => child.once('close', () => resolve())),
    abandon: () => {
      out?.destroy();
      err?.destroy();
    },
  };
};

const ignore = (): void => undefined;

const isWritable = (end: Readable | Writable | null | undefined): end is Writable => end !== null && end !== undefined && 'write' in end;

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, spawn_error: null }));
    child.once('error', (error) => (child.pid === undefined ? resolve({ code: null, signal: null, spawn_error: error.message }) : undefined));
  });

const notStarted = (problem: unknown): GatedChild => ({
  pid: undefined,
  open: ignore,
  dismiss: ignore,
  exit: Promise.resolve({ code: null, signal: null, spawn_error: problem instanceof Error ? problem.message : String(problem) }),
  closed: Promise.resolve(),
  abandon: ignore,
});
