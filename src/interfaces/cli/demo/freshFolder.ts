import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { storeExists } from '../../../compose.ts';
import type { Call } from '../call.ts';
import { UsageError } from '../errors.ts';

/** A folder of its own for a fresh board: the one that --store names, else a new one among the temporary files. @throws UsageError when a board is there already */
export const freshFolder = ({ args, io }: Pick<Call, 'args' | 'io'>): string => {
  const named = args.text('store');
  if (named === undefined) return mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  if (/^[a-z][a-z0-9+.-]*:/.test(named) || named.endsWith('.db')) {
    throw new UsageError(`--store ‘${named}’ is not allowed: the demo keeps its board in a folder`, { option: '--store', value: named });
  }
  const folder = resolve(io.cwd, named);
  if (storeExists(folder))
    throw new UsageError(`The demo wants a fresh board, and there is one in ${folder}. Name another folder, or leave --store out`, { store: folder });
  mkdirSync(folder, { recursive: true });
  return folder;
};
