import { WrongExpectedRevision } from '../../../eventstore/errors.ts';
import { failedWith, failing, fine, type Finding, warning } from '../../../eventstore/finding.ts';
import type { Appended, EventStore } from '../../../eventstore/port.ts';
import { instantOf } from '../../../domain/instant.ts';
import type { Clock } from '../../../platform/clock.ts';
import { uuid } from '../../../platform/ids.ts';

type RoundTrip = { readonly store: EventStore; readonly clock: Clock; readonly waitMs?: number };

/** No view reads it and `copy` leaves it: one small event per doctor. */
export const CANARY_STREAM = 'canary-doctor';
const SLOW_MS = 1_000;
const AGAIN = 'look at the load of the disk or server: vmstat 1 10';

/** Appends an event, reads it back, and waits until a subscription brings it. */
export const roundTrip = async ({ store, clock, waitMs = 10_000 }: RoundTrip): Promise<Finding> => {
  const over = new AbortController();
  const late = clock.sleep(waitMs, over.signal).then(() => over.abort());
  const lap = stopwatch(clock);
  try {
    const before = await store.head();
    lap();
    const id = uuid();
    const { revision } = await appended(store, id, clock);
    const append = lap();
    const [found] = await store.readStream(CANARY_STREAM, { from: revision, limit: 1 });
    const read = lap();
    if (found?.id !== id) return failing('round_trip', `an event that was appended to ${CANARY_STREAM} is not there`, 'holdfast verify');
    const brought = await delivered(store, before, id, over.signal);
    const subscription = lap();
    const saw = `append ${append} ms, read ${read} ms, subscription ${subscription} ms`;
    if (!brought) return failing('round_trip', `no subscription brought a new event within ${waitMs} ms`, '`holdfast doctor`, again; then restart the server');
    return Math.max(append, read, subscription) > SLOW_MS ? warning('round_trip', saw, AGAIN) : fine('round_trip', saw);
  } catch (error) {
    return failedWith('round_trip', error, 'holdfast verify');
  } finally {
    over.abort();
    await late;
  }
};

/** Only reads. */
export const reading = async ({ store, clock }: RoundTrip): Promise<Finding> => {
  const lap = stopwatch(clock);
  try {
    const head = await store.head();
    await store.readStream(CANARY_STREAM, { direction: 'backwards', limit: 1 });
    return fine('read', `head ${head}, ${lap()} ms; nothing was appended`);
  } catch (error) {
    return failedWith('read', error, 'holdfast verify');
  }
};

const stopwatch = (clock: Clock): (() => number) => {
  let since = clock.monotonic();
  return () => {
    const before = since;
    since = clock.monotonic();
    return Math.round((since - before) * 10) / 10;
  };
};

/** Somebody else may be asking too. */
const appended = async (store: EventStore, id: string, clock: Clock): Promise<Appended> => {
  const event = { id, type: 'DoctorCalled', data: { at: instantOf(clock.now()) }, metadata: {} };
  for (let tries = 1; ; tries += 1) {
    const [last] = await store.readStream(CANARY_STREAM, { direction: 'backwards', limit: 1 });
    try {
      return await store.append(CANARY_STREAM, [event], last?.revision ?? 'no_stream');
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || tries === 10) throw error;
    }
  }
};

const delivered = async (store: EventStore, after: bigint, id: string, signal: AbortSignal): Promise<boolean> => {
  for await (const message of store.subscribe({ after, prefixes: [CANARY_STREAM], signal })) {
    if (message.kind === 'events' && message.events.some((event) => event.id === id)) return true;
  }
  return false;
};
