import { statSync } from 'node:fs';
import type { Clock } from '../../platform/clock.ts';
import { StoreUnavailable, StoreUnreadable } from '../errors.ts';

export type SameFile = {
  readonly holds: () => boolean;
  /** Before an append: what is written to a file that is gone would be lost. @throws StoreUnreadable */
  readonly assert: () => void;
  /** Before a read, by an older look: looking costs as much as the read. @throws StoreUnreadable */
  readonly assertLately: () => void;
};

/** How old a look may be (ms) before an append: that is under way for a third of a ms anyway, in which the file may go as well. */
const JUST_NOW_MS = 1;
/** Before a read. */
const LATELY_MS = 100;

/** Whether the path still leads to the file that was open when this was made. */
export const sameFile = (path: string, clock: Pick<Clock, 'monotonic'>): SameFile => {
  const identify = () => {
    // As numbers, although an inode may be beyond 2^53: bigints would make each append 3 µs longer.
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && `${stats.dev}/${stats.ino}`;
  };
  const opened = identify();
  let found = opened;
  let looked = clock.monotonic();
  const look = () => {
    found = identify();
    looked = clock.monotonic();
  };
  const assertSince = (ms: number) => {
    if (clock.monotonic() - looked > ms) look();
    if (found === opened) return;
    const what = found === undefined ? 'was removed' : 'was replaced by another file';
    throw new StoreUnreadable(`the log ${path} ${what} while it was open`, 'start again; restore the file if it was not meant to go');
  };
  return {
    holds: () => {
      look();
      return found === opened;
    },
    assert: () => assertSince(JUST_NOW_MS),
    assertLately: () => assertSince(LATELY_MS),
  };
};

/** Whether nobody has written a file since this was made; SQLite, which is told so, does not look. */
export const fileAtRest = (path: string): SameFile => {
  const identify = () => {
    const [file, wal] = [statSync(path, { bigint: true, throwIfNoEntry: false }), statSync(walOf(path), { throwIfNoEntry: false })];
    return wal !== undefined || file === undefined ? undefined : `${file.dev}/${file.ino}/${file.size}/${file.mtimeNs}`;
  };
  const opened = identify();
  const holds = () => opened !== undefined && identify() === opened;
  const assert = () => {
    if (!holds()) throw new StoreUnavailable(`somebody writes the log ${path} since it was opened here`, 'start again');
  };
  return { holds, assert, assertLately: assert };
};

/** What SQLite keeps beside a log while somebody has it open, or after nobody could close it. */
export const walOf = (path: string): string => `${path}-wal`;

/** What it keeps there while a log is made, or after that was cut off. */
export const journalOf = (path: string): string => `${path}-journal`;
