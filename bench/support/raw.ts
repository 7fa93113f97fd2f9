import { closeSync, constants, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rate } from './measure.ts';

/** What the disk gives without a store: the other side of most ratios. Rates are of flushes a second. */
export type RawFile = { readonly once: () => void; readonly rate: (ms: number) => number; readonly close: () => void };

const LINE = Buffer.alloc(300, 'x');

const file = (folder: string, name: string, write: (descriptor: number) => void): RawFile => {
  const descriptor = openSync(join(folder, name), constants.O_RDWR | constants.O_CREAT);
  const once = () => {
    write(descriptor);
    fdatasyncSync(descriptor);
  };
  return { once, rate: (ms) => rate(ms, once), close: () => closeSync(descriptor) };
};

/** 4 KiB over existing blocks of 16 MiB. */
export const rawOverwrite = (folder: string): RawFile => {
  const page = Buffer.alloc(4096, 'x');
  const pages = 4096;
  let next = 0;
  return file(folder, 'raw-overwrite', (descriptor) => {
    if (next === 0) for (let i = 0; i < pages; i += 1) writeSync(descriptor, page, 0, page.length, i * page.length);
    writeSync(descriptor, page, 0, page.length, (next % pages) * page.length);
    next += 1;
  });
};

/** 300 B at the end of a growing file, `lines` of them per flush. */
export const rawAppend = (folder: string, lines = 1): RawFile => {
  let end = 0;
  return file(folder, `raw-append-${lines}`, (descriptor) => {
    for (let i = 0; i < lines; i += 1) end += writeSync(descriptor, LINE, 0, LINE.length, end);
  });
};
