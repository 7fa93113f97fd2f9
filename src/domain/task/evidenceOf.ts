import type { Evidence, Judge } from '../evidence.ts';
import { elapsed, type Instant } from '../instant.ts';
import { inForce, type PolicyKey, type PolicyLayers, type Sourced } from '../policy.ts';
import type { Probe } from '../process.ts';
import type { RunningTask } from './state.ts';
import { beatDiscount, type Sight } from './verdicts.ts';

/** Who looked, what was seen, how far the looker's view was behind, and which clock jumps count off. */
export type Look = { readonly probe: Probe; readonly judge: Judge; readonly view_behind: number } & Pick<Sight, 'discounted_ms' | 'beat_discounted_ms'>;

type Facts = {
  readonly task: RunningTask;
  readonly now: Instant;
  readonly look: Look;
  readonly layers: PolicyLayers;
  /** Limits that the verdict rested on besides the lease. */
  readonly uses: readonly PolicyKey[];
  readonly due_at: Instant | null;
};

/** Whether the newest beat is older than `heartbeat_max_stale`; without a beat, or with that limit off, it is not. */
const heartbeatStale = ({ task: { run }, now, look, layers }: Facts): boolean => {
  const limit = inForce('heartbeat_max_stale_ms', layers).value;
  return run.last_beat !== null && limit !== 0 && elapsed(run.last_beat.at, now) - beatDiscount(look) >= limit;
};

/** Everything that a verdict about the open run rests on, as of the state it was judged on. */
export const evidenceOf = (facts: Facts): Evidence => {
  const { task, now, look, layers, uses, due_at } = facts;
  const { claim_expires, last_beat, lease_ms, lease_source, progress_since } = task.run;
  const progress = uses.includes('progress_timeout_ms') ? progress_since : null;
  const policy: Partial<Record<PolicyKey, Sourced>> = { claim_ttl_ms: { value: lease_ms, source: lease_source } };
  for (const key of uses) policy[key] = inForce(key, layers);
  return {
    judged_at: now,
    judged_revision: String(task.revision),
    due_at,
    claim_expires,
    last_heartbeat_at: last_beat?.at ?? null,
    last_heartbeat_revision: last_beat === null ? null : String(last_beat.revision),
    heartbeat_stale: heartbeatStale(facts),
    ...(progress !== null && { progress_since: progress.at, progress_since_revision: String(progress.revision) }),
    policy,
    ...look,
  };
};
