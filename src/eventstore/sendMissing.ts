import type { CopyStreams, StreamFault } from './copying.ts';
import { WrongExpectedRevision } from './errors.ts';
import type { RecordedEvent } from './port.ts';
import { eventsUpTo, type StreamSums } from './streamSums.ts';

type SendMissing = {
  readonly end: bigint;
  /** Nothing up to this position is missing. */
  readonly after: bigint;
  /** What the target has already. */
  readonly held: StreamSums;
  readonly total: number;
};

/** Appends what the target lacks, each event at the revision it has in the source. The first failure ends it, and so does the signal. */
export const sendMissing = async (
  { from, to, prefixes, at_once = 1, signal, onProgress }: CopyStreams,
  { end, after, held, total }: SendMissing,
): Promise<{ readonly copied: number; readonly fault?: StreamFault }> => {
  const failures: unknown[] = [];
  const sending: Promise<void>[] = [];
  let copied = 0;
  const send = async (event: RecordedEvent): Promise<void> => {
    const { stream, revision, id, type, data, metadata } = event;
    try {
      await to.append(stream, [{ id, type, data, metadata }], revision === 0n ? 'no_stream' : revision - 1n);
      copied += 1;
      onProgress?.({ phase: 'copy', done: copied, total });
    } catch (error) {
      failures.push(error);
    }
  };
  const over = () => failures.length > 0 || signal?.aborted === true;
  for await (const event of missing(from, { prefixes, end, after, held, total })) {
    if (over()) break;
    sending.push(send(event));
    if (sending.length >= at_once) await sending.shift();
  }
  await Promise.all(sending);
  const [failure] = failures;
  if (failure === undefined) return { copied };
  if (!(failure instanceof WrongExpectedRevision)) throw failure;
  return { copied, fault: { stream: failure.stream, why: `somebody else writes to the target: ${failure.message}` } };
};

async function* missing(
  from: CopyStreams['from'],
  { prefixes, end, after, held, total }: SendMissing & Pick<CopyStreams, 'prefixes'>,
): AsyncGenerator<RecordedEvent, void, void> {
  if (total === 0) return;
  for await (const { events } of eventsUpTo(from, { prefixes, end, after })) {
    yield* events.filter(({ stream, revision }) => revision > (held.get(stream)?.revision ?? -1n));
  }
}
