import { type RecordedEvent, START, type SubscriptionMessage } from '../port.ts';
import { CANARY_STREAM } from './canary.ts';
import type { Item } from './feed.ts';
import { isNote, positionOf, recordedOf } from './recorded.ts';

/** One subscriber's place in the log, whatever becomes of the connections that bring it there. */
export type Place = {
  /** Everything up to here was handed on. */
  position: bigint;
  /** Whether the position is one at which the server will begin: that of an event, not one between two. */
  boundary: boolean;
  /** The end of the log, read before the subscription began: what caught-up reaches at least. */
  head: bigint;
  /** It was caught up once: from then on it outlasts any outage. */
  wasLive: boolean;
  /** The server gave no-position as a checkpoint: that subscription will never send another one. */
  poisoned: boolean;
  /** The next caught-up is not told: the subscriber knows that it is live. */
  quiet: boolean;
};

export const placeAt = (position: bigint): Place => ({ position, boundary: true, head: START, wasLive: false, poisoned: false, quiet: false });

/** 2^64−1 is what a young server gives as a checkpoint when it means none (facts §1.6); resumed from there, everything would be lost. */
const NO_POSITION = 2n ** 63n;

/** What a subscriber is told of these items; moves its place. Nothing is told twice. */
export const messagesOf = (items: readonly Item[], place: Place, prefixes: readonly string[] | undefined): readonly SubscriptionMessage[] => {
  const messages: SubscriptionMessage[] = [];
  let events: RecordedEvent[] = [];
  let told = place.position;
  const flush = () => {
    if (place.position > told) messages.push({ kind: 'events', events, position: place.position });
    [events, told] = [[], place.position];
  };
  for (const item of items) {
    switch (item.kind) {
      case 'event':
        if (moves(place, positionOf(item.event)) && isWanted(item.event, prefixes)) events.push(recordedOf(item.event));
        break;
      case 'checkpoint':
        if (item.position >= NO_POSITION) place.poisoned = true;
        else moves(place, item.position);
        break;
      case 'live':
        flush();
        moves(place, place.head);
        if (!place.quiet) messages.push({ kind: 'caught_up', position: place.position });
        told = place.position;
        [place.wasLive, place.quiet] = [true, false];
    }
  }
  flush();
  return messages;
};

const moves = (place: Place, position: bigint): boolean => {
  if (position <= place.position) return false;
  place.position = position;
  place.boundary = true;
  return true;
};

const isWanted = ({ streamId, type }: { readonly streamId: string; readonly type: string }, prefixes: readonly string[] | undefined): boolean =>
  !isNote(type) && (prefixes === undefined ? streamId !== CANARY_STREAM : prefixes.some((prefix) => streamId.startsWith(prefix)));
