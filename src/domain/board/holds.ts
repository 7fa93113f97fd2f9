import { toMs, type Instant } from '../instant.ts';
import type { Host } from '../process.ts';
import type { WatchdogEvent } from './board.ts';

/** What the watchdogs of one host recorded: since when they hold, and until when only certain verdicts are judged (rule 8). */
export type Hold = { readonly held_since: Instant | null; readonly grace_until: Instant | null };

const NO_HOLD: Hold = { held_since: null, grace_until: null };

/** The name of a host in `Holds`: a hold binds every watchdog that sees the same processes. */
export const hostKey = ({ host, boot_id, pid_namespace }: Host): string => `${host}/${boot_id}/${pid_namespace}`;
export type Holds = ReadonlyMap<string, Hold>;

const held = (before: Hold, event: WatchdogEvent): Hold => {
  switch (event.type) {
    // A restart alone gives no fresh lease, and ends no hold.
    case 'WatchdogStarted':
      return before;
    case 'WatchdogHeld':
      return { held_since: before.held_since ?? event.data.at, grace_until: laterOf(before.grace_until, event.data.grace_until) };
    case 'WatchdogResumed':
      return { held_since: null, grace_until: laterOf(before.grace_until, event.data.grace_until) };
  }
};
const laterOf = (a: Instant | null, b: Instant | null): Instant | null => (a !== null && (b === null || toMs(a) > toMs(b)) ? a : b);

/** The holds after one more event of the watchdogs' stream. */
export const evolveHolds = (holds: Holds, event: WatchdogEvent): Holds => {
  const key = hostKey(event.data);
  return new Map(holds).set(key, held(holds.get(key) ?? NO_HOLD, event));
};

/** The holds of each host, by `hostKey`. */
export const holds = (events: readonly WatchdogEvent[]): Holds => events.reduce(evolveHolds, new Map());
