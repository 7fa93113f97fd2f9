import { jsonLog } from '../../platform/log.ts';
import type { Log } from '../../platform/log.ts';
import type { Call } from './call.ts';
import type { Io } from './io.ts';
import { logLevel } from './logLevel.ts';
import type { Opened } from './open.ts';

/** The log of a verb that runs on: JSON lines on stderr. HOLDFAST_LOG names the least level; default info, on a terminal warn. */
export const logOf = ({ io, verb }: Pick<Call, 'io' | 'verb'>): Log =>
  jsonLog({ level: logLevel(io) ?? (io.errTerminal ? 'warn' : 'info'), name: `holdfast ${verb}` });

/**
 * Opens the store; for a server that does not answer yet it waits, and says so, until a signal. @throws as Call.open, and what the store says to
 * who may not read the whole log: what runs on lives by it
 */
export const openWhenThere = async (
  { open, io }: Pick<Call, 'open'> & { readonly io: Pick<Io, 'stopped'> },
  log: { readonly warn: (facts: object, message: string) => void },
): Promise<Opened> => {
  for (;;) {
    try {
      const opened = await open(io.stopped());
      await opened.store.head();
      return opened;
    } catch (error) {
      if (!(error instanceof Error && 'passing' in error && error.passing === true) || io.stopped().aborted) throw error;
      log.warn({ why: error.message }, 'waiting for the store');
    }
  }
};
