import { type RecordedEvent, START, type Subscribe, type SubscriptionMessage } from '../port.ts';
import type { Verify, VerifyProgress } from '../verifiable.ts';
import type { Reads } from './streamReads.ts';

type Log = { readonly reads: Reads; readonly subscribe: (from: Subscribe) => AsyncIterable<SubscriptionMessage> };

/**
 * The server keeps checksums of its own and reads nothing that fails them. What is left to prove here: every stream's revisions rise, and every
 * event is where its position says.
 */
export async function* verified({ reads, subscribe }: Log, { stream, signal }: Verify = {}): AsyncGenerator<VerifyProgress, void, void> {
  const last = new Map<string, bigint>();
  let checked = 0;
  const progress = function* (events: readonly RecordedEvent[]): Generator<VerifyProgress> {
    for (const event of events) {
      checked += 1;
      const before = last.get(event.stream) ?? -1n;
      last.set(event.stream, event.revision);
      if (event.revision > before) continue;
      yield { checked, total: checked, fault: { position: event.position, fault: `revision ${event.revision} of ${event.stream} after ${before}` } };
    }
    yield { checked, total: checked };
  };
  if (stream !== undefined) return yield* progress(await reads.stream(stream));
  for await (const message of subscribe({ after: START, ...(signal && { signal }) })) {
    if (message.kind === 'caught_up') break;
    yield* progress(message.events);
  }
  yield { checked, total: checked };
}
