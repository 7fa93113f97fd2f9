import type { CopyProgress, CopyStreams, StreamFault } from './copying.ts';
import { type EventStore, type RecordedEvent, START } from './port.ts';
import { sendMissing } from './sendMissing.ts';
import { countOf, digestOf, eventsUpTo, type StreamSum, type StreamSums, withEvent } from './streamSums.ts';

/**
 * `complete`: everything up to the head at the start is there and was verified; else the signal ended it. `events` and `streams` of the source,
 * `copied` in this call. `only_in_target`: streams that the source does not have; they are left alone. `target_differs`: nothing was written, or
 * nothing more after another writer was met. `source_incomplete`: a stream does not begin at revision 0.
 */
export type CopyAnswer =
  | {
      readonly ok: true;
      readonly complete: boolean;
      readonly streams: number;
      readonly events: number;
      readonly copied: number;
      readonly only_in_target: number;
      readonly digest: string;
    }
  | {
      readonly ok: false;
      readonly code: 'target_differs' | 'source_incomplete' | 'verify_failed';
      readonly faults: readonly StreamFault[];
      readonly more: number;
    };

/**
 * Copies streams from one store to another in log order, with ids, data and metadata. It keeps no state: where it stands is what the target
 * holds. Events that are there already must be the same ones, else nothing is written. Rejects with the errors of either store.
 */
export const copyStreams = async (options: CopyStreams): Promise<CopyAnswer> => {
  const { from, to, signal, digest } = options;
  const stopped = (): boolean => signal?.aborted === true;
  const end = await from.head();
  const held = await sumsOf(options, to, { end: await to.head(), phase: undefined });
  const source = await compared(options, end, held.sums);
  if (source.faults.length > 0) return refusal('source_incomplete', source.faults);
  const differing = [...held.faults, ...source.differing, ...aheadOf(held.sums, source.sums)];
  if (differing.length > 0 && !stopped()) return refusal('target_differs', differing);
  const only_in_target = [...held.sums.keys()].filter((stream) => !source.sums.has(stream)).length;
  const result = { ok: true, streams: source.sums.size, events: countOf(source.sums), only_in_target, digest: digestOf(source.sums, digest) } as const;
  const sent = await sendMissing(options, { end, after: source.before, held: held.sums, total: source.missing });
  if (sent.fault !== undefined) return refusal('target_differs', [sent.fault]);
  if (stopped()) return { ...result, complete: false, copied: sent.copied };
  const stored = await sumsOf(options, to, { end: await to.head(), phase: 'verify', upTo: source.sums });
  const wrong = [...source.sums].flatMap(([stream, sum]) => unequal(stream, sum, stored.sums.get(stream)));
  if (stopped()) return { ...result, complete: false, copied: sent.copied };
  return wrong.length > 0 ? refusal('verify_failed', wrong) : { ...result, complete: true, copied: sent.copied };
};

const NAMED = 10;

const refusal = (code: 'target_differs' | 'source_incomplete' | 'verify_failed', faults: readonly StreamFault[]): CopyAnswer => ({
  ok: false,
  code,
  faults: faults.slice(0, NAMED),
  more: Math.max(0, faults.length - NAMED),
});

const unequal = (stream: string, sum: StreamSum, stored: StreamSum | undefined): readonly StreamFault[] => {
  if (stored === undefined) return [{ stream, why: 'it is missing in the target' }];
  if (stored.revision !== sum.revision) return [{ stream, why: `it ends at revision ${stored.revision} in the target, at ${sum.revision} in the source` }];
  return stored.digest === sum.digest ? [] : [{ stream, why: 'its events differ' }];
};

/** Streams that both have, and of which the target has more. */
const aheadOf = (held: StreamSums, source: StreamSums): readonly StreamFault[] =>
  [...held].flatMap(([stream, { revision }]) => {
    const sum = source.get(stream);
    return sum !== undefined && revision > sum.revision ? [{ stream, why: `the target has revision ${revision}, the source ends at ${sum.revision}` }] : [];
  });

const gapIn = (sum: StreamSum | undefined, { stream, revision }: RecordedEvent): readonly StreamFault[] =>
  revision === (sum?.revision ?? -1n) + 1n ? [] : [{ stream, why: `revision ${revision} follows ${sum?.revision ?? 'nothing'}: older events were removed` }];

type Reading = { readonly end: bigint; readonly phase: CopyProgress['phase'] | undefined; readonly upTo?: StreamSums };

/** The sums of a store's streams, of each at most up to the revision it has in `upTo`. */
const sumsOf = async ({ prefixes, digest, signal, onProgress }: CopyStreams, store: EventStore, { end, phase, upTo }: Reading) => {
  const sums = new Map<string, StreamSum>();
  const faults: StreamFault[] = [];
  for await (const { events, position } of eventsUpTo(store, { prefixes, end, ...(signal && { signal }) })) {
    for (const event of events) {
      const last = upTo?.get(event.stream)?.revision;
      if (upTo !== undefined && (last === undefined || event.revision > last)) continue;
      const sum = sums.get(event.stream);
      faults.push(...gapIn(sum, event));
      sums.set(event.stream, withEvent(sum, event, digest));
    }
    if (phase !== undefined) onProgress?.({ phase, done: Number(position), total: Number(end) });
  }
  return { sums, faults };
};

/** The sums of the source; `missing`: how many events the target lacks, all of them after position `before`; `differing`: what the target has otherwise. */
const compared = async ({ from, prefixes, digest, signal, onProgress }: CopyStreams, end: bigint, held: StreamSums) => {
  const sums = new Map<string, StreamSum>();
  const [faults, differing]: [StreamFault[], StreamFault[]] = [[], []];
  let [missing, before] = [0, START];
  for await (const { events, position } of eventsUpTo(from, { prefixes, end, ...(signal && { signal }) })) {
    for (const event of events) {
      const known = sums.get(event.stream);
      const sum = withEvent(known, event, digest);
      const target = held.get(event.stream);
      faults.push(...gapIn(known, event));
      sums.set(event.stream, sum);
      if (target?.revision === event.revision) differing.push(...unequal(event.stream, sum, target));
      if (event.revision > (target?.revision ?? -1n)) missing += 1;
      // The position of an event, because EventStoreDB goes on from no other.
      if (missing === 0) before = event.position;
    }
    onProgress?.({ phase: 'compare', done: Number(position), total: Number(end) });
  }
  return { sums, faults, differing, missing, before };
};
