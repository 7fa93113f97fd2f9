#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { systemClock } from '../../platform/clock.ts';
import { dispatch } from './dispatch.ts';
import { EXIT } from './exits.ts';
import type { Io } from './io.ts';
import { unwritable } from './text/unwritable.ts';
import { systemCode } from '../../worker/child/systemError.ts';

const { stdout, stderr, env } = process;

/** When what we print cannot be written, there is no going on. But a reader that has had enough (`| head`) is no error. */
const lost = (name: string, error: unknown): never => {
  if (systemCode(error) === 'EPIPE') process.exit();
  if (name === 'stdout') put(stderr, 'stderr', `${unwritable(name, error)}\n`);
  process.exit(EXIT.defect);
};
stdout.on('error', (error) => lost('stdout', error));
stderr.on('error', (error) => lost('stderr', error));

/** Writing to a file fails here and now; writing to a pipe fails later, by an event. */
const put = (stream: NodeJS.WriteStream, name: string, text: string): void => {
  try {
    stream.write(text);
  } catch (error) {
    lost(name, error);
  }
};

/** Deprecations in our libraries (such as DEP0123, TLS to an IP address) are nothing that a user could mend, and would make `2>&1` unparseable. */
process.noDeprecation = true;

let stopping: AbortController | undefined;
const stopped = (): AbortSignal => {
  if (stopping !== undefined) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  return controller.signal;
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? 'unknown';
  }
};

const io: Io = {
  out: (text) => put(stdout, 'stdout', text),
  err: (text) => put(stderr, 'stderr', text),
  env,
  cwd: process.cwd(),
  terminal: stdout.isTTY,
  columns: stdout.columns ?? 80,
  errTerminal: stderr.isTTY,
  clock: systemClock(),
  user: userName,
  host: hostname,
  stopped,
};

/** No top-level await: scripts/pack.js makes CommonJS of this. */
const start = async (): Promise<void> => {
  process.exitCode = await dispatch(process.argv.slice(2), io);
};
void start();
