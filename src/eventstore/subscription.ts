import { StoreClosed } from './errors.ts';
import type { RecordedEvent, Subscribe, SubscriptionMessage } from './port.ts';

/** A piece of the log: what matches of the events up to `position`. `more`: the piece was cut short, ask again. */
export type LogPage = { readonly events: readonly RecordedEvent[]; readonly position: bigint; readonly more: boolean };

/** A log that can be read in the same turn in which it wakes its readers. */
export type PagedLog = {
  /** Undefined when there is nothing after that position. */
  readonly page: (after: bigint, prefixes: readonly string[] | undefined) => LogPage | undefined;
  /** Resolves when something may have been appended, the signal aborts or the log is closed. */
  readonly wait: (signal: AbortSignal | undefined) => Promise<void>;
  readonly closed: () => boolean;
  /** Called before the first wait, for a log that others can append to; the function it gives is called at the end. */
  readonly attend?: () => () => void;
};

/** History page by page, `caught_up`, then live. Nothing is read before it is asked for. */
export const subscribeTo = (log: PagedLog, options: Subscribe): AsyncIterable<SubscriptionMessage> => {
  const wasClosed = log.closed();
  return {
    [Symbol.asyncIterator]: () => {
      if (wasClosed) throw new StoreClosed();
      return messages(log, options);
    },
  };
};

async function* messages(log: PagedLog, options: Subscribe): AsyncGenerator<SubscriptionMessage, void, void> {
  let leave: (() => void) | undefined;
  const wait = async () => {
    // An append between the last read and this moment rang for nobody: so the first time, read again instead of waiting.
    if (leave === undefined) leave = log.attend?.() ?? nothing;
    else await log.wait(options.signal);
  };
  try {
    yield* follow(log, options, wait);
  } finally {
    leave?.();
  }
}

async function* follow(log: PagedLog, { after, prefixes, signal }: Subscribe, wait: () => Promise<void>): AsyncGenerator<SubscriptionMessage, void, void> {
  const ended = () => log.closed() || signal?.aborted === true;
  let position = after;
  let live = false;
  while (!ended()) {
    // No await between an empty page and the wait for more, or an append in between would go unnoticed.
    const page = log.page(position, prefixes);
    if (page === undefined && live) {
      await wait();
      continue;
    }
    live = page === undefined || (live && !page.more);
    position = page?.position ?? position;
    yield page === undefined ? { kind: 'caught_up', position } : { kind: 'events', events: page.events, position };
    if (page?.more === true) await nextTurn();
  }
}

const nothing = (): void => undefined;

/** A replay of millions of events must not keep timers and sockets waiting. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
