#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { systemClock } from '../../platform/clock.ts';
import { dispatch } from './dispatch.ts';
import { EXIT } from './exits.ts';
import type { Io } from './io.ts';
import { unwritable } from './text/unwritable.ts';
import { systemCode } from '../../worker/child/systemError.ts';

const { stdout, stderr, env } = process;

/** Without a place for what we print there is no going on; but a reader that has had enough (`| head`) is no error. */
const lost = (name: string, error: unknown): never => {
  if (systemCode(error) === 'EPIPE') process.exit();
  if (name === 'stdout') put(stderr, 'stderr', `${unwritable(name, error)}\n`);
  process.exit(EXIT.defect);
};
stdout.on('error', (error) => lost('stdout', error));
stderr.on('error', (error) => lost('stderr', error));

/** A file takes it at once or throws; a pipe tells later. */
const put = (stream: NodeJS.WriteStream, name: string, text: string): void => {
  try {
    stream.write(text);
  } catch (error) {
    lost(name, error);
  }
};

/** Nobody at a command line can mend what a library of ours does in an old way, and `2>&1` must stay parseable (tls to an IP address: DEP0123). */
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
