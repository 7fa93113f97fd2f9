import { elapsed, latest, plus, toMs, type Instant } from './instant.ts';

const MINUTE = 60_000;

/** How often a worker beats, in ms: a third of its lease, so that two beats may be lost before the lease is. */
export const beatWithin = (lease_ms: number): number => (lease_ms - (lease_ms % 3)) / 3;

/** How often activity is written as a beat, in ms (rule 9; the reference's bridge writes once in 60 s). */
export const activityInterval = (lease_ms: number): number => {
  const third = beatWithin(lease_ms);
  return third < MINUTE ? third : MINUTE;
};

/**
 * In how many ms activity is to be written as a beat again; 0: now. Counted from the run's last beat, whoever sent it, unless that lies in the
 * future: then another host's clock is ahead, and it tells nothing.
 */
export const activityDueIn = (last_heartbeat_at: Instant | null, lease_ms: number, now: Instant): number => {
  const age = last_heartbeat_at === null ? Infinity : elapsed(last_heartbeat_at, now);
  const interval = activityInterval(lease_ms);
  return age < 0 || age >= interval ? 0 : interval - age;
};

/** Whether a supervisor extends now: a third of the lease, or less, is left (rule 1). */
export const extensionDue = (claim_expires: Instant, lease_ms: number, now: Instant): boolean => elapsed(now, claim_expires) <= beatWithin(lease_ms);

/** A lease that begins at `at`. */
export const leaseFrom = (at: Instant, lease_ms: number): Instant => plus(at, lease_ms);

/** A heartbeat renews the lease and never shortens it (rule 1). */
export const renewed = (claim_expires: Instant, at: Instant, lease_ms: number): Instant => latest(claim_expires, plus(at, lease_ms));

type Extend = {
  readonly claim_expires: Instant;
  readonly at: Instant;
  readonly lease_ms: number;
  readonly last_heartbeat_at: Instant | null;
  /** 0: the age of a beat does not matter. */
  readonly heartbeat_max_stale_ms: number;
  /** Clock jump that does not count as age (rule 8). */
  readonly discounted_ms?: number;
};

/**
 * An extension: the process lives, but it is no beat. It never reaches past the instant at which the last beat becomes stale; without
 * a beat, or with that limit off, nothing caps it. `capped`: the age of the last beat kept it shorter than a whole lease.
 */
export const extended = ({ claim_expires, at, lease_ms, last_heartbeat_at, heartbeat_max_stale_ms, discounted_ms = 0 }: Extend) => {
  const wanted = plus(at, lease_ms);
  if (last_heartbeat_at === null || heartbeat_max_stale_ms === 0) return { claim_expires: latest(claim_expires, wanted), capped: false };
  const stale_at = plus(last_heartbeat_at, heartbeat_max_stale_ms + discounted_ms);
  const capped = toMs(stale_at) < toMs(wanted);
  return { claim_expires: latest(claim_expires, capped ? stale_at : wanted), capped };
};
