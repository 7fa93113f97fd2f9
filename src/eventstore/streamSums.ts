import { type EventStore, type RecordedEvent, START } from './port.ts';

/** What a stream says up to a revision, as one digest: equal digests, equal events. */
export type StreamSum = { readonly revision: bigint; readonly digest: string };
export type StreamSums = ReadonlyMap<string, StreamSum>;

/** Text to a short digest; the caller's, so that the port needs no library. */
export type Digest = (text: string) => string;

type EventsUpTo = {
  readonly prefixes: readonly string[];
  /** The last position that counts; what comes later is left out. */
  readonly end: bigint;
  /** Exclusive; default START. */
  readonly after?: bigint;
  readonly signal?: AbortSignal;
};

/** History up to a position in log order, batch by batch; ends early when the signal aborts. */
export async function* eventsUpTo(
  store: EventStore,
  { prefixes, end, after = START, signal }: EventsUpTo,
): AsyncGenerator<{ readonly events: readonly RecordedEvent[]; readonly position: bigint }, void, void> {
  for await (const message of store.subscribe({ after, prefixes, ...(signal && { signal }) })) {
    if (message.kind === 'caught_up') return;
    const whole = message.position <= end;
    yield { events: whole ? message.events : message.events.filter(({ position }) => position <= end), position: whole ? message.position : end };
    if (message.position >= end) return;
  }
}

/** The sum of a stream with one more event. The store, the position and the time of storing are no part of it. */
export const withEvent = (sum: StreamSum | undefined, { revision, id, type, data, metadata }: RecordedEvent, digest: Digest): StreamSum => ({
  revision,
  digest: digest([sum?.digest ?? '', revision, id, type, JSON.stringify(data), JSON.stringify(metadata)].join('\n')),
});

/** One digest of all of them, whatever their order. */
export const digestOf = (sums: StreamSums, digest: Digest): string =>
  digest(
    [...sums]
      .map(([stream, sum]) => `${stream}\n${sum.revision}\n${sum.digest}`)
      .toSorted()
      .join('\n'),
  );

/** How many events these streams hold: revisions have no gaps. */
export const countOf = (sums: StreamSums): number => [...sums.values()].reduce((count, { revision }) => count + Number(revision) + 1, 0);
