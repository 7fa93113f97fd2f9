import { uuid } from '../../platform/ids.ts';
import { WrongExpectedRevision } from '../errors.ts';
import type { Append } from './ownEvents.ts';
import type { Reads } from './streamReads.ts';

/** The stream by which a database is known: its first event's id. Made by whoever opens the database first, never written again (ADR). */
export const IDENTITY_STREAM = 'holdfast-store';

export const identityOf = async (reads: Reads, append: (append: Append) => Promise<unknown>): Promise<string> => {
  const found = await named(reads);
  if (found !== undefined) return found;
  const id = uuid();
  try {
    await append({ stream: IDENTITY_STREAM, events: [{ id, type: 'StoreNamed', data: '{}', metadata: '{}' }], expected: 'no_stream' });
    return (await named(reads)) ?? id;
  } catch (error) {
    const other = error instanceof WrongExpectedRevision ? await named(reads) : undefined;
    if (other === undefined) throw error;
    return other;
  }
};

const named = async (reads: Reads): Promise<string | undefined> => (await reads.stream(IDENTITY_STREAM, { limit: 1 }))[0]?.id;
