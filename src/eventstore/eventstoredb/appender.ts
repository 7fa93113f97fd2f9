import type { EventData } from '@eventstore/db-client';
import { StoreClosed, StoreUnreadable, WrongExpectedRevision } from '../errors.ts';
import type { PreparedEvent } from '../newEvents.ts';
import type { Appended, JsonObject } from '../port.ts';
import { assertOpen, type Connection } from './connection.ts';
import { unreachable } from './causes.ts';
import { type Failure, failureOf } from './failures.ts';
import { pause, within } from './waiting.ts';
import type { Gate } from './gate.ts';
import type { Append, OwnEvents } from './ownEvents.ts';
import type { AppendPath } from './sharedClient.ts';

type Stored = { readonly kind: 'stored'; readonly revision: bigint; readonly position: bigint };
type Tried = Stored | Failure;

/**
 * The batch path sends its deadline as an instant, which a server whose clock is ahead by more than it takes for over (§1.3): so an hour.
 * The server has its own limit of 2 s, and we have our timer.
 */
const BATCH_DEADLINE_MS = 3_600_000;

/** The client sends the events of an append one by one. */
const PER_EVENT_MS = 5;

/**
 * Appends with ids and expectation that never change, as often as it takes to know what became of it: stored, a conflict, or refused.
 * Whatever else the client reports, the outcome is not known (facts/eventstoredb.md §1.9 #1, #2, #5, #9). @throws the port's errors
 */
export const appender = (connection: Connection, path: AppendPath, findOwn: OwnEvents): ((append: Append) => Promise<Appended>) => {
  const attempt = tries(connection, path);

  const judged = async (tried: Extract<Failure, { kind: 'conflict' }>, append: Append, tries: number): Promise<Stored | Failure> => {
    const own = await findOwn(append, tried.actual, tries);
    switch (own.kind) {
      case 'mine':
        return { kind: 'stored', revision: own.revision, position: own.position };
      case 'others':
        return { kind: 'refused', error: new WrongExpectedRevision(append.stream, append.expected, tried.actual) };
      case 'not_to_be_seen':
        return unknown('it says that the stream is elsewhere, and shows nothing there');
    }
  };

  return async (append) => {
    const { clock, timings, address, client, closing, seen } = connection;
    assertOpen(connection);
    const [began, known] = [clock.monotonic(), seen.position()];
    for (let tries = 0; ; tries += 1) {
      const answer = (await attempt(append)) ?? unknown(`no answer in ${patienceOf(timings, append)} ms`);
      const tried = answer.kind === 'conflict' ? await judged(answer, append, tries) : answer;
      if (tried.kind === 'stored') {
        seen.note(tried.position);
        // At or before the end of the log as this call found it: then an earlier call stored it.
        return { revision: tried.revision, position: tried.position, repeated: tried.position <= known };
      }
      if (tried.kind === 'refused') throw tried.error;
      if (tried.kind === 'unknown' && tried.poisoned) client.renew();
      if (closing.aborted) throw new StoreClosed();
      const waited = clock.monotonic() - began;
      if (waited >= timings.storeWaitMs)
        throw unreachable(address.shown, whatOf(append), waited, tried.kind === 'unknown' ? tried.cause : new Error('conflict'));
      await clock.sleep(pause(timings.retryMs, tries), closing);
    }
  };
};

const whatOf = ({ stream }: Append): string => `append to ${stream}`;
const patienceOf = ({ appendMs }: Connection['timings'], { events }: Append): number => appendMs + PER_EVENT_MS * events.length;

/** One try: under our own timer, and holding its place until the client has settled it, however late. undefined: no answer in that time. */
const tries = ({ client, clock, timings, address, closed, patience }: Connection, path: AppendPath) => {
  const sent = (append: Append, leave: () => void): Promise<Tried | undefined> =>
    new Promise((resolve) => {
      const { stream, events, expected } = append;
      const ms = patienceOf(timings, append);
      const options = { expectedRevision: expected, deadline: path === 'batch' ? BATCH_DEADLINE_MS : ms };
      const answered = patience(ms, () => resolve(undefined));
      const settled = (tried: Tried): void => {
        leave();
        answered();
        resolve(tried);
      };
      client
        .current()
        .appendToStream(stream, events.map(eventData), options)
        .then(
          ({ nextExpectedRevision: revision, position }) =>
            settled(position === undefined ? noPosition() : { kind: 'stored', revision, position: position.commit }),
          (error: unknown) => settled(failureOf(error, address.shown, whatOf(append))),
        );
    });
  const whenPlaced = async (append: Append): Promise<Tried | undefined> => {
    await client.renewing();
    const leave = client.unsettled.tryEnter() ?? (await placed(client.unsettled, (entering) => within(clock, patienceOf(timings, append), entering, closed)));
    return leave === undefined ? unknown('too many appends wait for their answers') : sent(append, leave);
  };
  return (append: Append): Promise<Tried | undefined> => {
    const leave = client.renewing() === undefined ? client.unsettled.tryEnter() : undefined;
    return leave === undefined ? whenPlaced(append) : sent(append, leave);
  };
};

const unknown = (cause: string): Failure => ({ kind: 'unknown', cause: new Error(cause), poisoned: false });

/** A place that comes after nobody waits for it any more is given back. */
const placed = async (
  places: Gate,
  inTime: (entering: Promise<() => void>) => Promise<{ readonly value: () => void } | undefined>,
): Promise<(() => void) | undefined> => {
  const entering = places.enter();
  const entered = await inTime(entering);
  if (entered === undefined) void entering.then((leave) => leave());
  return entered?.value;
};

const noPosition = (): Failure => ({
  kind: 'refused',
  error: new StoreUnreadable('the server gives no positions', 'use EventStoreDB 23.10 or newer, or KurrentDB'),
});

/** Parsed again from the checked text: data that cannot be serialised would never be settled by the client (§1.9 #3). Metadata it takes as it is. */
const eventData = ({ id, type, data, metadata }: PreparedEvent): EventData => ({
  id,
  type,
  contentType: 'application/json',
  data: parsed(data),
  metadata: bytesOf(metadata),
});

/** The client takes nothing but a plain Uint8Array; in the pool of Buffer, because memory of its own for each event is dear. */
const bytesOf = (text: string): Uint8Array => {
  const { buffer, byteOffset, byteLength } = Buffer.from(text);
  return new Uint8Array(buffer, byteOffset, byteLength);
};

const parsed = (text: string): JsonObject => JSON.parse(text);
