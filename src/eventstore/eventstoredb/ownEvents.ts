import type { PreparedEvent } from '../newEvents.ts';
import type { ExpectedRevision } from '../port.ts';
import type { Connection } from './connection.ts';
import type { Reads } from './streamReads.ts';
import { pause } from './waiting.ts';

export type Append = { readonly stream: string; readonly events: readonly PreparedEvent[]; readonly expected: ExpectedRevision };

/** Whose events stand where ours were to go. `not_to_be_seen`: nobody's yet, so that an earlier try of ours may still arrive. */
type Own = { readonly kind: 'mine'; readonly revision: bigint; readonly position: bigint } | { readonly kind: 'others' } | { readonly kind: 'not_to_be_seen' };

export type OwnEvents = (append: Append, actual: ExpectedRevision, tries: number) => Promise<Own>;

const LOOKS = 4;

/**
 * After a conflict: an earlier try of the same append may have been stored, and the server's memory of ids may be spoilt (facts §1.4).
 * What stands right after the expected revision decides it for ever, since every try asks for exactly that place.
 */
export const ownEvents =
  ({ clock, timings, closing }: Pick<Connection, 'clock' | 'timings' | 'closing'>, reads: Reads): OwnEvents =>
  async ({ stream, events, expected }, actual, tries) => {
    const from = rank(expected) + 1n;
    if (rank(actual) < rank(expected) || (tries === 0 && actual === expected)) return { kind: 'others' };
    for (let look = 0; look < LOOKS; look += 1) {
      const stored = await reads.stream(stream, { from, limit: events.length });
      const last = stored.at(-1);
      if (last !== undefined) {
        const mine = stored.length === events.length && events.every(({ id }, i) => stored[i]?.id === id && stored[i].revision === from + BigInt(i));
        return mine ? { kind: 'mine', revision: last.revision, position: last.position } : { kind: 'others' };
      }
      // The server counts events that it does not show yet, or somebody has deleted what stood there.
      await clock.sleep(pause(timings.retryMs, look), closing);
    }
    return rank(actual) > rank(expected) ? { kind: 'others' } : { kind: 'not_to_be_seen' };
  };

const rank = (revision: ExpectedRevision): bigint => (revision === 'no_stream' ? -1n : revision);
