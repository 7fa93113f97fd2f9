import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { assertInside, NoLog, type LogFiles } from './logFiles.ts';
import { systemCode } from './systemError.ts';

/** Reads the log of a run while it grows and is rotated. */
export type LogTail = {
  /** All that was written since the last call, at first from the beginning; undefined while there is no log. @throws what the system says, and when a link leads elsewhere */
  readonly next: () => Buffer | undefined;
  readonly close: () => void;
};

type OpenFile = { readonly fd: number; readonly ino: number };

export const logTail = (base: string, files: LogFiles): LogTail => {
  let file: OpenFile | undefined;
  const close = (): void => {
    if (file !== undefined) closeSync(file.fd);
    file = undefined;
  };
  const begin = (): readonly Buffer[] => {
    const current = openExisting(files.current);
    const rotated = openExisting(files.rotated);
    file = current ?? rotated;
    if (file !== undefined) assertInside(base, files.folder);
    if (current === undefined || rotated === undefined) return [];
    // The same inode: the file was put aside between the two opens.
    const before = rotated.ino === current.ino ? [] : [rest(rotated)];
    closeSync(rotated.fd);
    return before;
  };
  return {
    next: () => {
      const chunks = file === undefined ? [...begin()] : [];
      if (file === undefined) return undefined;
      chunks.push(rest(file));
      const newer = openExisting(files.current);
      if (newer === undefined) return Buffer.concat(chunks);
      if (newer.ino === file.ino) closeSync(newer.fd);
      else {
        chunks.push(rest(file), rest(newer));
        close();
        file = newer;
      }
      return Buffer.concat(chunks);
    },
    close,
  };
};

/** A link is not followed, and a pipe in the place of a file is not waited for. */
const openExisting = (path: string): OpenFile | undefined => {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (stat.isFile()) return { fd, ino: stat.ino };
    closeSync(fd);
    throw new NoLog(`${path} is no file`);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const BLOCK = 64 * 1024;

/** From where the last reading ended to the end. */
const rest = ({ fd }: OpenFile): Buffer => {
  const chunks: Buffer[] = [];
  for (;;) {
    const block = Buffer.allocUnsafe(BLOCK);
    const bytes = readSync(fd, block, 0, BLOCK, null);
    if (bytes === 0) return Buffer.concat(chunks);
    chunks.push(block.subarray(0, bytes));
  }
};
