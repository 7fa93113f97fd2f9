import type { WatchdogEvent } from '../domain/board/board.ts';
import { decodeWatchdogEvent, encodeWatchdogEvent } from '../domain/board/codec.ts';
import { watchdogStream } from '../domain/ids.ts';
import type { EventStore } from '../eventstore/port.ts';
import { enveloped, envelope } from './envelope.ts';
import type { Ids } from './ports.ts';
import { recent } from './recent.ts';
import { stateStream } from './stream.ts';

/** How many records back a hold can be that still matters: a lease lasts a day at most, and watchdogs record seldom. */
const LATELY = 100;

/** What the watchdogs of a board tell each other, in a stream of their own. */
export const watchdogRecord = ({ store, board, ids }: { readonly store: EventStore; readonly board: string; readonly ids: Ids }) => {
  const stream = watchdogStream(board);
  const nothing = stateStream<null>({ store, initial: null, fold: () => null, cached: recent(1) });
  return {
    /** The newest records, oldest first. */
    recorded: async (): Promise<readonly WatchdogEvent[]> => {
      const last = await store.readStream(stream, { direction: 'backwards', limit: LATELY });
      return last.toReversed().flatMap((event) => {
        const read = decodeWatchdogEvent(event);
        return 'unreadable' in read ? [] : read;
      });
    },
    record: async (event: WatchdogEvent): Promise<void> => {
      const sent = envelope(event.data, {}, { ids, board, sender: { surface: 'watchdog', kind: 'system', id: event.data.watchdog } });
      await nothing.transact(stream, () => ({ events: enveloped(stream, [encodeWatchdogEvent(event)], sent, ids), answer: null }));
    },
  };
};
