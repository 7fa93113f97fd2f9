import { statfsSync } from 'node:fs';
import { failing, fine, type Finding, warning } from '../finding.ts';
import { fileSystemName, networkFileSystem } from './fileSystem.ts';

/** `type` as statfs(2) numbers it; bytes. */
export type FileSystemFacts = { readonly type: number; readonly free: number; readonly size: number };

/** With less there is no room for the write-ahead log, which may keep 64 MB. */
const FULL = 64 * 1024 * 1024;
const SCARCE = 1024 * 1024 * 1024;
const [TMPFS, OVERLAY, FUSE] = [0x01021994, 0x794c7630, 0x65735546];

export const factsOf = (folder: string): FileSystemFacts => {
  const { type, bavail, blocks, bsize } = statfsSync(folder);
  return { type, free: bavail * bsize, size: blocks * bsize };
};

export const diskFindings = (folder: string, facts: (folder: string) => FileSystemFacts = factsOf): readonly Finding[] => {
  const { type, free, size } = facts(folder);
  return [fileSystemFinding(folder, type), spaceFinding(folder, free, size)];
};

const fileSystemFinding = (folder: string, type: number): Finding => {
  const saw = `${folder} is on ${fileSystemName(type)}`;
  if (networkFileSystem(type) !== undefined)
    return failing('file_system', `${saw}: SQLite cannot share a log over a network`, `holdfast copy --from ${folder} --to A_LOCAL_FOLDER`);
  switch (type) {
    case TMPFS:
      return warning('file_system', `${saw}: it is lost when this machine or container ends`, `holdfast copy --from ${folder} --to A_FOLDER_ON_A_DISK`);
    case OVERLAY:
      return warning('file_system', `${saw}: it is lost when the container is removed`, 'keep the store on a volume: docker run -v holdfast:/data …');
    case FUSE:
      return warning('file_system', `${saw}: whether that is local cannot be told, and over a network a log is lost`, `findmnt -T ${folder}`);
    default:
      return fine('file_system', saw);
  }
};

const spaceFinding = (folder: string, free: number, size: number): Finding => {
  const saw = `${megabytes(free)} free of ${megabytes(size)}`;
  if (free < FULL) return failing('disk_space', `${saw}: appends fail when it is used up`, `du -xh ${folder} | sort -h | tail`);
  return free < SCARCE ? warning('disk_space', saw, `du -xh ${folder} | sort -h | tail`) : fine('disk_space', saw);
};

export const megabytes = (bytes: number): string => (bytes < 10 * 1e9 ? `${Math.ceil(bytes / 1e5) / 10} MB` : `${Math.round(bytes / 1e9)} GB`);
