import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from '../../compose.ts';

/** The folder in which a store keeps its files; nothing for a store that has none. */
export const makeStoreFolder = (store: string): void => {
  const files = filesOf(store);
  if (files !== null) makeFolder(dirname(files.log));
};

/** A folder that we make is ignored by git as a whole; one that was there is its owner's, but for our own name. */
const makeFolder = (folder: string): void => {
  const made = mkdirSync(folder, { recursive: true }) !== undefined;
  const ignore = join(folder, '.gitignore');
  if ((made || folder.endsWith('.holdfast')) && !existsSync(ignore)) writeFileSync(ignore, '*\n');
};
