import { execFileSync } from 'node:child_process';
import { logFolder } from './storeProcesses.ts';

export type SmallDisk = { readonly folder: string; readonly grow: () => void; readonly remove: () => void };

const run = (command: string, ...args: readonly string[]) => execFileSync(command, args, { stdio: 'ignore' });

/** A tmpfs of 8 MB; undefined where it may not be mounted. */
export const smallDisk = (): SmallDisk | undefined => {
  const folder = logFolder();
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'holdfast-test', folder);
  } catch {
    return undefined;
  }
  return {
    folder,
    grow: () => run('mount', '-o', 'remount,size=64m', folder),
    // Lazily: the driver keeps descriptors of a closed database until they are collected.
    remove: () => run('umount', '-l', folder),
  };
};
