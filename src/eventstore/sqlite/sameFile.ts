import { statSync } from 'node:fs';
import { StoreUnreadable } from '../errors.ts';

export type SameFile = {
  readonly holds: () => boolean;
  /** @throws StoreUnreadable */
  readonly assert: () => void;
};

/** Whether the path still leads to the file that was open when this was made. */
export const sameFile = (path: string): SameFile => {
  const identify = () => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && `${stats.dev}/${stats.ino}`;
  };
  const opened = identify();
  return {
    holds: () => identify() === opened,
    assert: () => {
      const found = identify();
      if (found === opened) return;
      const what = found === undefined ? 'was removed' : 'was replaced by another file';
      throw new StoreUnreadable(`the log ${path} ${what} while it was open`, 'start again; restore the file if it was not meant to go');
    },
  };
};
