import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A version that runs beside this one writes its own file more often than that (ms). */
const UNUSED_MS = 24 * 60 * 60 * 1000;
const FILES = ['', '-wal', '-shm', '-mend'];

type OutdatedViews = { readonly directory: string; readonly prefix: string; readonly fold: number; readonly now: number };

/**
 * Removes the views that earlier folds of the same log left behind, once nobody has written them for a day: they may be as large as the log.
 * What may not be looked at or removed stays.
 */
export const removeOutdatedViews = ({ directory, prefix, fold, now }: OutdatedViews): void => {
  try {
    const unused = readdirSync(directory)
      .filter((name) => isEarlier(name, prefix, fold))
      .map((name) => FILES.map((end) => join(directory, `${name}${end}`)))
      .filter((files) => files.every((file) => writtenAt(file) < now - UNUSED_MS));
    for (const file of unused.flat()) rmSync(file, { force: true });
  } catch {
    return;
  }
};

const isEarlier = (name: string, prefix: string, fold: number): boolean => {
  const number = name.startsWith(prefix) && name.endsWith('.db') ? name.slice(prefix.length, -'.db'.length) : '';
  return /^\d+$/.test(number) && Number(number) < fold;
};

const writtenAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
