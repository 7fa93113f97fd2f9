import { BACKWARDS, END, FORWARDS, START as FIRST, StreamDeletedError, StreamNotFoundError, type StreamingRead } from '@eventstore/db-client';
import { StoreClosed } from '../errors.ts';
import { type ReadStream, type RecordedEvent, START } from '../port.ts';
import { assertOpen, type Connection } from './connection.ts';
import { normalised, Silence } from './failures.ts';
import { type ClientEvent, isNote, positionOf, recordedOf } from './recorded.ts';
import { retrying } from './retrying.ts';
import { endingWith } from './waiting.ts';

export type Reads = {
  readonly stream: (name: string, options?: ReadStream) => Promise<readonly RecordedEvent[]>;
  readonly head: () => Promise<bigint>;
};

const UNAVAILABLE = 14;

type Resolved = { readonly event?: ClientEvent | undefined; readonly link?: ClientEvent | undefined };

export const reads = (connection: Connection): Reads => {
  const { client, seen } = connection;
  const noted = (events: readonly ClientEvent[]) => {
    const last = events.at(-1);
    if (last !== undefined) seen.note(positionOf(last));
    return events;
  };
  return {
    stream: async (name, { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER } = {}) => {
      assertOpen(connection);
      if (limit <= 0) return [];
      const forwards = direction === 'forwards';
      const options = { maxCount: limit, direction: forwards ? FORWARDS : BACKWARDS, fromRevision: from ?? (forwards ? FIRST : END) } as const;
      const events = await retrying(connection, `read ${name}`, () =>
        absentIsEmpty(() => collect(connection, () => client.current().readStream(name, options))),
      );
      return noted(events)
        .filter(({ type }) => !isNote(type))
        .map(recordedOf);
    },
    head: async () => {
      assertOpen(connection);
      const last = { direction: BACKWARDS, fromPosition: END, maxCount: 1 } as const;
      const [event] = noted(await retrying(connection, 'read $all', () => collect(connection, () => client.current().readAll(last))));
      return event === undefined ? START : positionOf(event);
    },
  };
};

const absentIsEmpty = async (read: () => Promise<readonly ClientEvent[]>): Promise<readonly ClientEvent[]> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StreamNotFoundError || error instanceof StreamDeletedError) return [];
    throw error;
  }
};

/**
 * Reads to the end. The client's reads have no deadline, and one that is left early leaks its call (§1.9 #6): so silence is noticed here,
 * and what is given up is cancelled. A link counts as what it is, not as its target, which may be gone.
 */
const collect = async ({ client, clock, timings, closed }: Connection, open: () => StreamingRead<Resolved>): Promise<readonly ClientEvent[]> => {
  const events: ClientEvent[] = [];
  const over = endingWith(closed);
  const stream = open();
  // When the client is replaced, reads of the old one are cancelled, and a cancelled read ends too early without any error.
  let cutShort = false;
  const forget = client.renewed(() => (cutShort = true));
  const ended = new Promise<void>((resolve, reject) => {
    stream.on('data', ({ event, link }) => {
      const stored = link ?? event;
      if (stored !== undefined) events.push(stored);
    });
    stream.on('end', resolve);
    stream.on('error', (error) => reject(normalised(error)));
  });
  const silence = async (): Promise<Error> => {
    for (let heard = -1; heard < events.length && !over.signal.aborted;) {
      heard = events.length;
      await clock.sleep(timings.readMs, over.signal);
    }
    return closed.aborted ? new StoreClosed() : new Silence(`silence for ${timings.readMs} ms`);
  };
  try {
    const gaveUp = await Promise.race([ended, silence()]);
    if (gaveUp !== undefined) throw gaveUp;
    if (cutShort) throw Object.assign(new Error('the client was replaced in the middle of it'), { code: UNAVAILABLE });
    return events;
  } catch (error) {
    ended.catch(() => undefined);
    await stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    forget();
    over.end();
  }
};
