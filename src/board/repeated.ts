import type { Refusal } from '../domain/task/answers.ts';
import type { EventStore, RecordedEvent } from '../eventstore/port.ts';
import { commandOf, type Envelope } from './envelope.ts';

/** The first run of a command that comes again: its events, the first of them, and the stream as it was before. */
type FirstRun = { readonly first: RecordedEvent; readonly events: readonly RecordedEvent[]; readonly before: readonly RecordedEvent[] };

/** Events at the end of a stream whose command ids are searched for an earlier run of the same command (rule 10). */
export const REMEMBERED = 64;

/**
 * Looks in the newest events of a stream, at least `REMEMBERED`, for a run of this command. undefined: there is none; a refusal: the id was
 * used for another command. A command that led to no event (a refusal, nothing to do) left no trace, and is decided anew.
 */
export const firstRun = async (
  store: EventStore,
  stream: string,
  { metadata: { command_id, command_hash } }: Envelope,
  limit: number | undefined,
): Promise<FirstRun | Refusal | undefined> => {
  const isOurs = (event: RecordedEvent): boolean => commandOf(event).command_id === command_id;
  const newest = await store.readStream(stream, { direction: 'backwards', ...(limit === undefined ? {} : { limit }) });
  const found = newest.find(isOurs);
  if (found === undefined) return undefined;
  if (commandOf(found).command_hash !== command_hash) return conflict(command_id);
  const until = await store.readStream(stream, { from: 0n, limit: Number(found.revision) + 1 });
  return { first: until.find(isOurs) ?? found, events: until.filter(isOurs), before: until.slice(0, until.findIndex(isOurs)) };
};

const conflict = (commandId: string): Refusal => ({
  ok: false,
  code: 'CommandConflict',
  message: `command id ${commandId} was used for another command here; nothing was written`,
  command_id: commandId,
});
