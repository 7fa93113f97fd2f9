import { foldEvent, noTask, parseTaskEvent } from '../../domain/task/codec.ts';
import type { FoldedTask } from '../../domain/task/codec.ts';
import { START } from '../../eventstore/port.ts';
import type { EventStore, RecordedEvent } from '../../eventstore/port.ts';

export type Fault = { readonly position: bigint; readonly fault: string };

/** Events of tasks that this version cannot read, or that break their schema or the fold. A damaged event ends the search: checksums name it. */
export const unreadableEvents = async ({ store, stream }: { readonly store: EventStore; readonly stream?: string }): Promise<readonly Fault[]> => {
  const faults: Fault[] = [];
  const states = new Map<string, FoldedTask>();
  for await (const events of batches(store, stream)) {
    for (const event of events) {
      const parsed = parsedFault(event);
      const state = foldEvent(states.get(event.stream) ?? noTask, event);
      states.set(event.stream, state);
      if (parsed !== undefined) faults.push({ position: event.position, fault: parsed });
    }
  }
  return faults;
};

const parsedFault = (event: RecordedEvent): string | undefined => {
  try {
    const parsed = parseTaskEvent(event);
    return 'unreadable' in parsed ? `${event.stream} revision ${event.revision}: ${parsed.type} cannot be read: ${parsed.why}` : undefined;
  } catch (error) {
    return `${event.stream} revision ${event.revision}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

async function* batches(store: EventStore, stream: string | undefined): AsyncGenerator<readonly RecordedEvent[], void, void> {
  if (stream !== undefined) {
    yield await store.readStream(stream);
    return;
  }
  for await (const message of store.subscribe({ after: START, prefixes: ['task-'] })) {
    if (message.kind === 'caught_up') return;
    yield message.events;
  }
}
