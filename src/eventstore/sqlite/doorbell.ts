import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from 'node:fs';
import type { Clock } from '../../platform/clock.ts';

export type Doorbell = {
  /** After a commit: wakes whoever attends in other processes. */
  readonly ring: () => void;
  /** Hears rings until the function it returns is called. Keeps the process alive meanwhile. */
  readonly attend: () => () => void;
  readonly close: () => void;
};

export type OpenDoorbell = { readonly path: string; readonly clock: Clock; readonly heard: () => void };

/** A ring may be missed where a file cannot be watched, or be lost with the file: the log is looked at this often anyway. */
const SAFETY_POLL_MS = 1_000;

/**
 * One byte written to a file that other processes watch: 0.7 ms from append to reader, and nothing to register. It is not the
 * database file: closing any descriptor of that drops the locks that SQLite holds on it. Who may not write it still hears it.
 */
export const doorbell = ({ path, clock, heard }: OpenDoorbell): Doorbell => {
  const file = written(path);
  const byte = new Uint8Array([0x2e]);
  let attending = 0;
  let stop: (() => void) | undefined;

  const leave = () => {
    attending -= 1;
    if (attending === 0) stop?.();
  };
  return {
    ring: () => {
      if (file === undefined) return;
      try {
        writeSync(file, byte, 0, 1, 0);
      } catch {
        // The events are stored; on a full disk readers find them at their next poll.
      }
    },
    attend: () => {
      attending += 1;
      if (attending === 1) stop = listen(path, clock, heard);
      return once(leave);
    },
    close: () => {
      stop?.();
      if (file !== undefined) closeSync(file);
    },
  };
};

/** Undefined where it may not be written, as by whoever only reads the log: others then look at their next poll. */
const written = (path: string): number | undefined => {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  } catch {
    return undefined;
  }
};

const listen = (path: string, clock: Clock, heard: () => void): (() => void) => {
  const ended = new AbortController();
  const watcher = watched(path, heard);
  void poll(clock, heard, ended.signal);
  return () => {
    ended.abort();
    watcher?.close();
  };
};

const poll = async (clock: Clock, heard: () => void, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await clock.sleep(SAFETY_POLL_MS, signal);
    if (!signal.aborted) heard();
  }
};

/** Undefined where the limit of watches is used up: the poll remains. */
const watched = (path: string, heard: () => void): FSWatcher | undefined => {
  try {
    return watch(path, heard).on('error', () => undefined);
  } catch {
    return undefined;
  }
};

const once = (work: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
};
