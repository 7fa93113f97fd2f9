import type { WatchdogEvent } from '../domain/board/board.ts';
import { instantOf } from '../domain/instant.ts';
import { POLICY } from '../domain/limits.ts';
import { checked, discountOf, isPrivate, noHolds, observed, onlyCertain, resumed, type Held } from './holds.ts';
import type { Reading } from './jumps.ts';
import { outage } from './outage.ts';
import type { WatchdogOptions } from './ports.ts';

/** Default of `out_of_reach_ms`: design §5.8. */
const OUT_OF_REACH_MS = 10_000;

/** When this watchdog may judge, and what only. Every call to the store goes through `read` or `write`. */
export interface HoldKeeper {
  /** Looks at the clocks and at the store's silence, before anything is judged. Sends again what could not be recorded. */
  check(): void;
  /** A read of the store; once the store answers again, a hold ends. */
  read<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** The same for an append: a store may answer readers and still refuse writers. */
  write<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** What watchdogs recorded, this one included. */
  observe(events: readonly WatchdogEvent[]): void;
  /** The board's lease in force (ms), for what is recorded. */
  use(claimTtlMs: number): void;
  /** The claims known here are not live: as at the start, only what is certain is judged, and no lease is made fresh for it. */
  behind(): boolean;
  holding(): boolean;
  onlyCertain(lease_ms: number): boolean;
  discounted(since: number): number;
  /** The instant (ms) from which every open claim has one fresh lease; -Infinity: none. */
  freshFrom(): number;
  /** Resolves when nothing is being recorded any more. */
  recorded(): Promise<void>;
}

type Keeper = Pick<WatchdogOptions, 'clock' | 'probe' | 'record' | 'id' | 'version' | 'log' | 'out_of_reach_ms' | 'ready'>;

export const holdKeeper = ({ clock, probe, record, id, version, log, out_of_reach_ms = OUT_OF_REACH_MS, ready = () => true }: Keeper): HoldKeeper => {
  const now = (): Reading => ({ wall: clock.now(), monotonic: clock.monotonic() });
  const [reads, writes] = [outage(() => clock.monotonic()), outage(() => clock.monotonic())];
  let holds = noHolds(now());
  let lease_ms: number = POLICY.claim_ttl_ms.default;
  let behindFrom: number | undefined;
  const outbox: WatchdogEvent[] = [];
  let sending: Promise<void> | undefined;

  /** In order; stops at the first that fails and keeps it, so that the next check sends it again. */
  const send = async (): Promise<void> => {
    for (let [event] = outbox; event !== undefined; [event] = outbox) {
      const sent = event;
      await ask(writes, () => record(sent));
      outbox.shift();
    }
  };
  const post = (event?: WatchdogEvent): void => {
    if (event !== undefined) outbox.push(event);
    sending ??= send()
      .catch((error: unknown) => {
        log?.warn({ err: error }, 'a hold could not be recorded yet; it holds all the same');
        if (!writes.failing()) outbox.length = 0; // the store is there and says no: that will not change
      })
      .finally(() => {
        sending = undefined;
      });
  };
  /** Who watches where; nothing is recorded where hosts cannot be told apart. */
  const facts = () => probe.host && { at: instantOf(clock.now()), watchdog: id, version, ...probe.host };
  const freshUntil = () => instantOf(clock.now() + lease_ms);
  const resume = ({ since, reason }: Held): void => {
    holds = resumed(holds, now());
    reads.ended();
    writes.ended();
    const data = facts();
    if (data !== null && !isPrivate(reason))
      post({ type: 'WatchdogResumed', data: { ...data, held_ms: Math.round(clock.monotonic() - since), grace_until: freshUntil() } });
  };
  const ask = async <Answer>(side: typeof reads, call: () => Promise<Answer>): Promise<Answer> => {
    const before = holds.held;
    const answer = await side.measure(call);
    if (before !== null && holds.held === before && !reads.failing() && !writes.failing() && ready()) resume(before);
    return answer;
  };
  const hold = ({ reason, jump_ms }: Held, known: number): void => {
    log?.warn({ reason, jump_ms }, 'the watchdog holds');
    const data = facts();
    // A jump that another watchdog of this host has recorded is not recorded twice.
    if (data === null || isPrivate(reason) || (jump_ms !== 0 && holds.jumps.length === known)) return;
    post({ type: 'WatchdogHeld', data: { ...data, reason, jump_ms, grace_until: freshUntil() } });
  };
  /** How long the claims have been behind. */
  const lag = (): number => {
    behindFrom = ready() ? undefined : (behindFrom ?? clock.monotonic());
    return behindFrom === undefined ? 0 : clock.monotonic() - behindFrom;
  };
  const started = facts();
  if (started !== null) post({ type: 'WatchdogStarted', data: started });
  return {
    check: () => {
      const known = holds.jumps.length;
      const silent_ms = Math.max(reads.silence(), reads.ended(), writes.silence(), writes.ended(), lag());
      const { holds: next, began } = checked(holds, { now: now(), silent_ms, limit_ms: out_of_reach_ms });
      holds = next;
      if (began !== null) hold(began, known);
      else if (outbox.length > 0) post();
    },
    read: (call) => ask(reads, call),
    write: (call) => ask(writes, call),
    observe: (events) => {
      for (const event of events) holds = event.data.watchdog === id ? holds : observed(holds, event, probe.host);
    },
    use: (claimTtlMs) => {
      lease_ms = claimTtlMs;
    },
    behind: () => !ready(),
    holding: () => holds.held !== null || !ready(),
    onlyCertain: (lease) => !ready() || onlyCertain(holds, lease, clock.now()),
    discounted: (since) => discountOf(holds, since),
    freshFrom: () => holds.fresh_from,
    recorded: async () => sending,
  };
};
