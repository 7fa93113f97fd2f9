import type { EventStore, RecordedEvent, SubscriptionMessage } from '../eventstore/port.ts';
import type { LogBatch } from './projection.ts';

/** The streams that any view depends on; `watchdog-` is passed on to those who follow. */
export const PREFIXES = ['task-', 'board-', 'watchdog-'] as const;

/** Events folded in one transaction: enough that many beats of one task cost one write, little enough to keep the process responsive. */
const EVENTS_AT_ONCE = 8192;

type LogBatches = { readonly after: bigint; readonly head: bigint; readonly exact: boolean; readonly signal?: AbortSignal };

/** History up to `head`, in batches of a few thousand; with `exact` nothing after it. */
export async function* logBatches(store: EventStore, { after, head, exact, signal }: LogBatches): AsyncIterable<LogBatch> {
  let from = after;
  let held: RecordedEvent[] = [];
  for await (const message of store.subscribe({ after, prefixes: PREFIXES, ...(signal && { signal }) })) {
    const { events, position } = exact ? cut(message, head) : whole(message);
    held.push(...events);
    const done = position >= head || message.kind === 'caught_up';
    if (!done && held.length < EVENTS_AT_ONCE) continue;
    yield { after: from, events: held, position: done && position < head ? head : position };
    if (done) return;
    from = position;
    held = [];
  }
}

const whole = (message: SubscriptionMessage) => ({ events: message.kind === 'events' ? message.events : [], position: message.position });
const cut = (message: SubscriptionMessage, head: bigint) => {
  const { events, position } = whole(message);
  return position <= head ? { events, position } : { events: events.filter((event) => event.position <= head), position: head };
};
