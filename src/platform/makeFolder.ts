import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Makes a folder, and those above it that are missing; answers whether there was one to make. Step by step, because mkdir's own recursion
 * goes round for ever where a folder takes none, such as /proc (Node 20). @throws what the system says
 */
export const makeFolder = (path: string, mode?: number): boolean => {
  if (isFolder(path)) return false;
  const above = dirname(path);
  makeFolder(above, mode);
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (isFolder(path)) return false; // somebody else was first
    // "No such file", of the very folder that was to be made, tells nobody anything.
    throw isMissing(error) ? new Error(`no folder can be made in ${above}`, { cause: error }) : error;
  }
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
