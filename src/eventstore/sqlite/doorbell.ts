import { closeSync, constants, type FSWatcher, openSync, readSync, watch, writeSync } from 'node:fs';
import type { Clock } from '../../platform/clock.ts';

export type Doorbell = {
  /** After a commit: wakes whoever attends in other processes, and tells all that the log is on the disk up to this position; 0: nobody knows that. */
  readonly ring: (onDisk: number) => void;
  /** What was told last since this bell was opened, by any process; 0 when nothing was. What was told before may be of a log that has been put back since. */
  readonly told: () => number;
  /** Hears rings until the function it returns is called. Keeps the process alive meanwhile. */
  readonly attend: () => () => void;
  readonly close: () => void;
};

export type OpenDoorbell = { readonly path: string; readonly clock: Clock; readonly heard: () => void };

/** A ring may be missed where a file cannot be watched, or be lost with the file: the log is looked at this often anyway. */
const SAFETY_POLL_MS = 1_000;

/**
 * A number written to a file that other processes watch: 0.7 ms from append to reader, and nothing to register. It is not the
 * database file: closing any descriptor of that drops the locks that SQLite holds on it. Who may not write it still hears it.
 */
export const doorbell = ({ path, clock, heard }: OpenDoorbell): Doorbell => {
  const file = opened(path);
  const numbers = new Float64Array(2);
  const before = file === undefined ? 0 : read(file, numbers);
  let attending = 0;
  let stop: (() => void) | undefined;

  const leave = () => {
    attending -= 1;
    if (attending === 0) stop?.();
  };
  const told = () => {
    const onDisk = file === undefined ? 0 : read(file, numbers);
    return onDisk === before ? 0 : onDisk;
  };
  return {
    ring: (onDisk) => {
      if (file === undefined) return;
      try {
        // Who flushed less may come later. Twice, since a read may fall into the middle of a write.
        numbers.fill(Math.max(onDisk, told()));
        writeSync(file, numbers, 0, numbers.byteLength, 0);
      } catch {
        // The events are stored; on a full disk, or where it may not be written, others find them at their next poll.
      }
    },
    told,
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

/** Only to read where it may not be written, as by whoever only reads the log; undefined where it is not there then. */
const opened = (path: string): number | undefined => tryOpen(path, constants.O_RDWR | constants.O_CREAT) ?? tryOpen(path, constants.O_RDONLY);

const tryOpen = (path: string, flags: number): number | undefined => {
  try {
    return openSync(path, flags, 0o644);
  } catch {
    return undefined;
  }
};

/** 0 when it is not what `ring` writes. */
const read = (file: number, numbers: Float64Array): number => {
  numbers.fill(0);
  readSync(file, numbers, 0, numbers.byteLength, 0);
  const [onDisk = 0, again] = numbers;
  return onDisk === again && Number.isSafeInteger(onDisk) ? onDisk : 0;
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
