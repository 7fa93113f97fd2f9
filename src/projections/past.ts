import type { Instant } from '../domain/instant.ts';
import { START } from '../eventstore/port.ts';
import type { EventStore, RecordedEvent } from '../eventstore/port.ts';
import { logBatches } from './logBatches.ts';
import { atOf } from './instants.ts';
import { IN_MEMORY, openViews, PROJECTIONS } from './views.ts';
import type { Rows } from './views.ts';

/** A place in the log, inclusive, or a time: what had happened by then, as each event itself says. */
export type PastPoint = { readonly position: bigint } | { readonly time: Instant };
type PastRows = { readonly rows: Rows; readonly close: () => void };

/** The rows as they were, folded in memory from the start of the log; asked by the same queries as those of today. */
export const rowsAt = async ({ store, at, signal }: { store: EventStore; at: PastPoint; signal?: AbortSignal }): Promise<PastRows> => {
  const views = openViews({ path: IN_MEMORY, projections: PROJECTIONS });
  const end = await store.head();
  const head = 'position' in at && at.position < end ? at.position : end;
  const happened = 'time' in at ? until(at.time) : () => true;
  if (head > START)
    for await (const batch of logBatches(store, { after: START, head, exact: true, ...(signal && { signal }) }))
      views.apply({ ...batch, events: batch.events.filter(happened) });
  return { rows: views, close: views.close };
};

/** The clocks of two hosts differ, so instants need not rise along the log. But once an event of a stream is later than the time, none after it counts. */
const until = (time: Instant): ((event: RecordedEvent) => boolean) => {
  const over = new Set<string>();
  return (event) => {
    if ((atOf(event) ?? '') > time) over.add(event.stream);
    return !over.has(event.stream);
  };
};
