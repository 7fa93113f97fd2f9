import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Started } from '../../src/domain/process.ts';
import { systemProcesses } from '../../src/platform/processes.ts';
import { processProbe } from '../../src/watchdog/probe.ts';

const probe = processProbe({ processes: systemProcesses() });

/** A child in a process group of its own, as a supervisor starts one. */
export type Child = {
  readonly pid: number;
  readonly started: Started;
  /** Its next line of output: children say when they are ready, and name the pids of their own children. */
  line(): Promise<string>;
  readonly exited: Promise<void>;
  readonly process: ChildProcess;
};

const living = new Set<number>();

/** Starts `node -e script` as leader of its own group and waits for its first line. */
export const startChild = async (script: string, command: readonly [string, ...string[]] = [process.execPath, '-e', script]): Promise<Child> => {
  const [file, ...args] = command;
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  living.add(pid);
  const exited = once(child, 'exit').then(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value } = await lines.next();
    return String(value);
  };
  await line();
  return { pid, started: startedOf(pid), line, exited, process: child };
};

/** What a supervisor would record of a child that lives now. */
export const startedOf = (pid: number): Started => {
  const child = probe.identify(pid);
  const supervisor = probe.self();
  if (child === null || supervisor === null) throw new Error(`no process ${pid}`);
  const { started_at, host, boot_id, pid_namespace } = child;
  return { host, boot_id, pid_namespace, supervisor: { pid: supervisor.pid, started_at: supervisor.started_at }, child: { pid, started_at, pgid: pid } };
};

/** Ends every group that a spec has left behind. */
export const endChildren = (): void => {
  for (const pid of living) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // gone already, as it should be
    }
  }
  living.clear();
};
