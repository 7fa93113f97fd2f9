import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { filesOf } from './material.ts';

/** `sha256`: of every path and its content, in order. */
type Packed = { readonly files: number; readonly bytes: number; readonly compressed_bytes: number; readonly sha256: string };

const compress = promisify(gzip);

/** The work of the demo: counts, checksums and compresses the files of a package. Rejects when there is no such folder. */
export const pack = async (folder: string): Promise<Packed> => {
  const hash = createHash('sha256');
  const paths = filesOf(folder);
  let bytes = 0;
  let compressedBytes = 0;
  for (const path of paths) {
    const content = await readFile(path);
    hash.update(relative(folder, path)).update('\0').update(content);
    bytes += content.length;
    compressedBytes += (await compress(content)).length;
  }
  return { files: paths.length, bytes, compressed_bytes: compressedBytes, sha256: hash.digest('hex') };
};

/** One line for the board. */
export const packedText = ({ files, bytes, compressed_bytes, sha256 }: Packed): string =>
  `${files} files, ${kilobytes(bytes)} → ${kilobytes(compressed_bytes)}, sha256 ${sha256.slice(0, 12)}`;

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
