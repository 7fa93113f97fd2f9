import { randomUUID } from 'node:crypto';
import { wakeups } from '../../platform/wakeups.ts';
import { StoreClosed, WrongExpectedRevision } from '../errors.ts';
import { type PreparedEvent, prepareEvents } from '../newEvents.ts';
import { type Appended, type ExpectedRevision, type ReadStream, START } from '../port.ts';
import { subscribeTo } from '../subscription.ts';
import type { VerifiableStore } from '../verifiable.ts';
import { recorded, type StoredEvent } from './storedEvent.ts';

/** Positions have gaps, as those of EventStoreDB have: nobody may count with them. */
const STRIDE = 10n;
const PAGE_EVENTS = 4096;

/** The reference adapter: every rule of the port, in one process, gone with it. */
export const memoryEventStore = ({ identity = `memory-${randomUUID()}` }: { readonly identity?: string } = {}): VerifiableStore => {
  const log: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const bell = wakeups();
  let closed = false;

  const open = () => {
    if (closed) throw new StoreClosed();
  };
  const head = () => log.at(-1)?.position ?? START;

  const page = (after: bigint, prefixes: readonly string[] | undefined) => {
    const from = indexAfter(after);
    const slice = log.slice(from, from + PAGE_EVENTS);
    const last = slice.at(-1);
    if (last === undefined) return undefined;
    const events = slice.filter(({ stream }) => prefixes?.some((prefix) => stream.startsWith(prefix)) ?? true).map(recorded);
    return { events, position: last.position, more: last.position < head() };
  };

  return {
    append: async (stream, events, expected) => {
      open();
      const prepared = prepareEvents(stream, events);
      const history = streams.get(stream) ?? [];
      if (expected !== revisionOf(history)) return repeated(stream, history, prepared, expected);
      const added = prepared.map((event, i): StoredEvent => {
        const [revision, position] = [BigInt(history.length + i), BigInt(log.length + i) * STRIDE];
        return { ...event, stream, revision, position };
      });
      log.push(...added);
      history.push(...added);
      streams.set(stream, history);
      bell.wake();
      return { revision: BigInt(history.length - 1), position: head(), repeated: false };
    },
    readStream: async (stream, options) => {
      open();
      return sliceOf(streams.get(stream) ?? [], options).map(recorded);
    },
    subscribe: (options) => subscribeTo({ page, wait: bell.wait, closed: () => closed }, options),
    head: async () => {
      open();
      return head();
    },
    identity: async () => {
      open();
      return identity;
    },
    close: async () => {
      closed = true;
      bell.wake();
    },
    verify: async function* ({ stream } = {}) {
      open();
      const total = stream === undefined ? log.length : (streams.get(stream)?.length ?? 0);
      yield { checked: total, total };
    },
  };
};

const indexAfter = (position: bigint): number => (position < 0n ? 0 : Number(position / STRIDE) + 1);

const revisionOf = (history: readonly StoredEvent[]): ExpectedRevision => history.at(-1)?.revision ?? 'no_stream';

/** The same ids right after the expected revision: an earlier try was stored, so answer as it would have. */
const repeated = (stream: string, history: readonly StoredEvent[], events: readonly PreparedEvent[], expected: ExpectedRevision): Appended => {
  const first = expected === 'no_stream' ? 0 : Number(expected) + 1;
  const stored = history.slice(first, first + events.length);
  const last = stored.at(-1);
  const same = stored.length === events.length && events.every(({ id }, i) => stored[i]?.id === id);
  if (!same || last === undefined) throw new WrongExpectedRevision(stream, expected, revisionOf(history));
  return { revision: last.revision, position: last.position, repeated: true };
};

const sliceOf = (history: readonly StoredEvent[], { from, direction = 'forwards', limit = history.length }: ReadStream = {}): readonly StoredEvent[] => {
  if (direction === 'forwards') return history.slice(Number(from ?? 0n)).slice(0, limit);
  return history
    .slice(0, Number(from ?? history.length) + 1)
    .toReversed()
    .slice(0, limit);
};
