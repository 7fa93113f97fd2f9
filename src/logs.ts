import { basename, dirname, join } from 'node:path';
import type { EventStore } from './eventstore/port.ts';
import { dataFolder } from './platform/dataFolder.ts';
import { isServer } from './storeKind.ts';
import { filesOf } from './stores.ts';

/**
 * Where the output of a store's runs is kept, on this machine: beside its log (`.holdfast/logs`, `board.logs` for `board.db`), for a server in the
 * user's data folder under the name of the store. null: the store is in memory. Rejects as `EventStore.identity`.
 */
export const logsOf = async ({ address, store }: { readonly address: string; readonly store: Pick<EventStore, 'identity'> }): Promise<string | null> => {
  const files = filesOf(address);
  if (files !== null) return join(dirname(files.log), basename(files.log) === 'log.db' ? 'logs' : `${basename(files.log, '.db')}.logs`);
  return isServer(address) ? join(dataFolder(), 'logs', await store.identity()) : null;
};
