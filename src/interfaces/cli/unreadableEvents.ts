import { parseBoardEvent, parseWatchdogEvent } from '../../domain/board/codec.ts';
import { foldEvent, noTask, parseTaskEvent } from '../../domain/task/codec.ts';
import type { FoldedTask } from '../../domain/task/codec.ts';
import { START } from '../../eventstore/port.ts';
import type { EventStore, RecordedEvent } from '../../eventstore/port.ts';
import { PREFIXES } from '../../projections/logBatches.ts';

export type Fault = { readonly position: bigint; readonly fault: string };

type Reading = { readonly store: EventStore; readonly stream?: string; readonly signal?: AbortSignal };

/** Events that this version cannot read, or that break their schema or the fold of their task. */
export const unreadableEvents = async (reading: Reading): Promise<readonly Fault[]> => {
  const faults: Fault[] = [];
  const states = new Map<string, FoldedTask>();
  for await (const events of batches(reading)) {
    for (const event of events) {
      const parsed = parsedFault(event);
      const broken = parsed ?? (event.stream.startsWith('task-') ? foldFault(states, event) : undefined);
      if (broken !== undefined) faults.push({ position: event.position, fault: broken });
    }
  }
  return faults;
};

/** Named once, at the event that ends the fold. */
const foldFault = (states: Map<string, FoldedTask>, event: RecordedEvent): string | undefined => {
  const before = states.get(event.stream) ?? noTask;
  const after = foldEvent(before, event);
  states.set(event.stream, after);
  return after.status === 'unreadable' && before.status !== 'unreadable' ? `${event.stream} revision ${event.revision}: ${after.why}` : undefined;
};

const parserOf = ({ stream }: RecordedEvent) =>
  stream.startsWith('task-') ? parseTaskEvent : stream.startsWith('board-') ? parseBoardEvent : parseWatchdogEvent;

const parsedFault = (event: RecordedEvent): string | undefined => {
  try {
    const parsed = parserOf(event)(event);
    return 'unreadable' in parsed ? `${event.stream} revision ${event.revision}: ${parsed.type} cannot be read: ${parsed.why}` : undefined;
  } catch (error) {
    return `${event.stream} revision ${event.revision}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

async function* batches({ store, stream, signal }: Reading): AsyncGenerator<readonly RecordedEvent[], void, void> {
  if (stream !== undefined) {
    yield await store.readStream(stream);
    return;
  }
  for await (const message of store.subscribe({ after: START, prefixes: PREFIXES, ...(signal && { signal }) })) {
    if (message.kind === 'caught_up') return;
    yield message.events;
  }
}
