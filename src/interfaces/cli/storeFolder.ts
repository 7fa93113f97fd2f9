import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf, refuseOtherFile } from '../../stores.ts';
import { StoreUnavailable } from '../../eventstore/errors.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

/** The folder in which a store keeps its files; nothing for a store that has none. @throws StoreUnavailable when it cannot be made, StoreUnreadable when another file has its name */
export const makeStoreFolder = (store: string): void => {
  const files = filesOf(store);
  if (files === null) return;
  refuseOtherFile(store);
  const folder = dirname(files.log);
  try {
    makeIgnored(folder);
  } catch (error) {
    throw new StoreUnavailable(`cannot make the folder ${folder}: ${error instanceof Error ? error.message : String(error)}`, 'name another with --store', {
      cause: error,
    });
  }
};

/** A folder that we make is ignored by git as a whole; one that was there is its owner's, but for our own name. */
const makeIgnored = (folder: string): void => {
  const made = makeFolder(folder);
  const ignore = join(folder, '.gitignore');
  if ((made || folder.endsWith('.holdfast')) && !existsSync(ignore)) writeFileSync(ignore, '*\n');
};
