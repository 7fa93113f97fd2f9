import { closeSync, openSync } from 'node:fs';
import { StoreUnavailable } from '../errors.ts';
import { walOf } from './sameFile.ts';

/** Which events survive a power cut. */
export type Durable = {
  /** Up to here they do. */
  readonly known: () => number;
  /** Returns when all events up to this position do: at once where that is known, after a flush otherwise. @throws StoreUnavailable when the disk failed */
  readonly upTo: (position: number) => void;
  /** As `upTo`, of all that was committed until now, whose last event is that of `position`. Nobody else is asked whether it is there already. */
  readonly all: (position: number) => void;
  /** Before something is done that needs a flush later. @throws StoreUnavailable after a flush that failed */
  readonly assert: () => void;
  readonly close: () => void;
};

/** Writes what the system holds of a file to the disk: fdatasync(2). */
export type Flush = (descriptor: number) => void;

export type Flushed = {
  readonly path: string;
  readonly flush: Flush;
  /** Up to where other processes said that they flushed it. */
  readonly told: () => number;
};

/**
 * Flushes the write-ahead log of a file whose commits are not flushed by SQLite. The log is one sequence, so a flush takes along whatever was committed
 * before it, by any process, and what SQLite moves from there to the file it flushes itself.
 */
export const flushed = ({ path, flush, told }: Flushed): Durable => {
  let onDisk = 0;
  let wal: number | undefined;
  let failed: StoreUnavailable | undefined;
  // Linux tells of a failed write once: the next flush would succeed, and nothing be on the disk.
  const assert = () => {
    if (failed !== undefined) throw failed;
  };
  const all = (position: number) => {
    assert();
    try {
      wal ??= openSync(walOf(path), 'r');
      flush(wal);
    } catch (cause) {
      failed = new StoreUnavailable(`the disk of the log ${path} reports an error`, 'look at the disk, then start again', { cause });
      throw failed;
    }
    onDisk = Math.max(onDisk, position);
  };
  const known = () => (onDisk = Math.max(onDisk, told()));
  return {
    known,
    upTo: (position) => {
      if (position > onDisk && position > known()) all(position);
    },
    all,
    assert,
    close: () => {
      if (wal !== undefined) closeSync(wal);
    },
  };
};

/** Where nobody asks for it, or nobody writes. */
export const NOT_FLUSHED: Durable = {
  known: () => Number.POSITIVE_INFINITY,
  upTo: () => undefined,
  all: () => undefined,
  assert: () => undefined,
  close: () => undefined,
};
