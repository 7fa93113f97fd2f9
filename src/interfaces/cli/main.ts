#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { systemClock } from '../../platform/clock.ts';
import { dispatch } from './dispatch.ts';
import type { Io } from './io.ts';

const { stdout, stderr, env } = process;

/** A reader that has had enough (`| head`) is no error. */
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

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
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
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
