import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { storeExists } from '../../../stores.ts';
import { uuid } from '../../../platform/ids.ts';
import { DEFAULT_BOARD } from '../../settings.ts';
import type { Call } from '../call.ts';
import { UsageError } from '../errors.ts';
import { makeStoreFolder } from '../storeFolder.ts';

/** `folder`: for what the demo's processes write; of an embedded store also the store. */
type Place = { readonly store: string; readonly folder: string; readonly board: string };

/**
 * Where a fresh board can be: in the folder that --store names, on the server that it names, else in a new one among the temporary files.
 * On a server, which may hold other boards, it gets a name of its own. @throws UsageError when a board is there already, StoreUnavailable when the folder cannot be made
 */
export const freshPlace = ({ args, io }: Pick<Call, 'args' | 'io'>): Place => {
  const [named, chosen] = [args.text('store'), args.text('board')];
  if (named !== undefined && /^esdb(\+discover)?:/.test(named)) return { store: named, folder: temporary(), board: chosen ?? `demo-${uuid().slice(0, 8)}` };
  const folder = named === undefined ? temporary() : namedFolder(named, io.cwd);
  return { store: folder, folder, board: chosen ?? DEFAULT_BOARD };
};

const temporary = (): string => mkdtempSync(join(tmpdir(), 'holdfast-demo-'));

const namedFolder = (named: string, cwd: string): string => {
  if (/^[a-z][a-z0-9+.-]*:/.test(named) || named.endsWith('.db')) {
    throw new UsageError(`--store ‘${named}’ is not allowed: the demo keeps its board in a folder, or on esdb://…`, { option: '--store', value: named });
  }
  const folder = resolve(cwd, named);
  if (storeExists(folder))
    throw new UsageError(`The demo wants a fresh board, and there is one in ${folder}. Name another folder, or leave --store out`, { store: folder });
  makeStoreFolder(folder);
  return folder;
};
