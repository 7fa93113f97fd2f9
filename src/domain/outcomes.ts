import type { PolicyKey } from './policy.ts';

/**
 * The one table of how a run can end other than by completion or a block, which event says so, and whether it counts as a
 * failure (design §5.6). Nothing else in the code knows what counts. Where users see a list of ends, it is in this order.
 */
export const OUTCOMES = {
  lease_expired: { event: 'TaskReclaimed', counts: false },
  heartbeat_stale: { event: 'TaskReclaimed', counts: false },
  running_stale: { event: 'TaskReclaimed', counts: false },
  // Like running_stale: the worker lives, and may only not report; the next run gets its chance without a strike.
  no_progress: { event: 'TaskReclaimed', counts: false },
  supervisor_lost: { event: 'TaskReclaimed', counts: false },
  host_restarted: { event: 'TaskReclaimed', counts: false },
  operator: { event: 'TaskReclaimed', counts: false },
  cancelled: { event: 'TaskReclaimed', counts: false },
  failed: { event: 'RunFailed', counts: true },
  crashed: { event: 'TaskReclaimed or RunFailed', counts: true },
  spawn_failed: { event: 'RunFailed', counts: true },
  timed_out: { event: 'TaskReclaimed or RunFailed', counts: true },
  no_verdict: { event: 'RunFailed', counts: true },
  rate_limited: { event: 'RunFailed', counts: false },
  worker: { event: 'ClaimReleased', counts: false },
  shutdown: { event: 'ClaimReleased', counts: false },
  over_cap: { event: 'ClaimReleased', counts: false },
} as const;

type Outcome = keyof typeof OUTCOMES;
type EndingBy<Event extends string> = {
  [End in Outcome]: (typeof OUTCOMES)[End]['event'] extends `${string}${Event}${string}` ? End : never;
}[Outcome];

const isOutcome = (end: string): end is Outcome => Object.hasOwn(OUTCOMES, end);
const endingBy = <Event extends string>(event: Event): readonly EndingBy<Event>[] =>
  Object.keys(OUTCOMES).filter((end): end is EndingBy<Event> => isOutcome(end) && OUTCOMES[end].event.includes(event));

export const RECLAIM_REASONS = endingBy('TaskReclaimed');
export const FAILURE_OUTCOMES = endingBy('RunFailed');
export const RELEASE_REASONS = endingBy('ClaimReleased');

export type ReclaimReason = (typeof RECLAIM_REASONS)[number];
export type FailureOutcome = (typeof FAILURE_OUTCOMES)[number];
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

/** By reason of a reclaim: the limit that would have let the run go on, had it been longer; null where no limit would have. */
export const KEPT_BY = {
  lease_expired: 'claim_ttl_ms',
  heartbeat_stale: 'heartbeat_max_stale_ms',
  running_stale: 'running_silence_ms',
  no_progress: 'progress_timeout_ms',
  timed_out: 'max_runtime_ms',
  crashed: null,
  supervisor_lost: null,
  host_restarted: null,
  operator: null,
  cancelled: null,
} as const satisfies Readonly<Record<ReclaimReason, PolicyKey | null>>;

/** Whether a reclaim for this reason claims that the worker is silent or gone, so that a later word of it proves the verdict wrong. */
export const SAYS_GONE: Readonly<Record<ReclaimReason, boolean>> = {
  lease_expired: true,
  heartbeat_stale: true,
  running_stale: true,
  crashed: true,
  host_restarted: true,
  supervisor_lost: false,
  timed_out: false,
  no_progress: false,
  operator: false,
  cancelled: false,
};

/** Whether a run that ended so counts towards the failure limit. */
export const countsAsFailure = (ended: ReclaimReason | FailureOutcome | ReleaseReason): boolean => OUTCOMES[ended].counts;
