import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { NoLog, type LogFiles } from './logFiles.ts';

/** A file that only grows, up to a size; then it is put aside and a new one begun. Everything here throws what the system says. */
export type RotatingFile = { readonly append: (chunk: Uint8Array) => void; readonly close: () => void };

type OpenFile = { readonly fd: number; size: number };

/** Goes on with the file that is there. */
export const rotatingFile = ({ current, rotated }: LogFiles, rotate_bytes: number): RotatingFile => {
  let file: OpenFile | undefined = openFile(current);
  const close = (): void => {
    const open = file;
    file = undefined;
    if (open !== undefined) closeSync(open.fd);
  };
  const roomFor = (bytes: number): OpenFile => {
    if (file !== undefined && (file.size === 0 || file.size + bytes <= rotate_bytes)) return file;
    if (file !== undefined) {
      close();
      renameSync(current, rotated);
    }
    return (file = openFile(current));
  };
  return { append: (chunk) => writeAll(roomFor(chunk.length), chunk), close };
};

/** For this user only; a link is not followed, and a pipe in its place is not waited for. */
const openFile = (path: string): OpenFile => {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  const stat = fstatSync(fd);
  if (stat.isFile()) return { fd, size: stat.size };
  closeSync(fd);
  throw new NoLog(`${path} is no file`);
};

const writeAll = (file: OpenFile, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) {
    const written = writeSync(file.fd, bytes, at);
    at += written;
    file.size += written;
  }
};
