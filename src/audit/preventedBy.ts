import { durationText } from '../domain/duration.ts';
import { plus } from '../domain/instant.ts';
import type { RunEnd } from '../domain/task/state.ts';
import type { RunAccount } from './account.ts';
import { dayOf, timeOn } from './times.ts';

type Facts = Omit<RunAccount, 'prevented_by'>;

const NOTHING = 'nothing in the policy';

const time = ({ claimed_at }: Facts, at: string): string => timeOn(dayOf(claimed_at), at);
const limit = ({ evidence }: Facts, key: 'max_runtime_ms' | 'running_silence_ms' | 'supervisor_silence_ms'): number | undefined => evidence?.policy[key]?.value;

/** What would have kept the run, by how it ended: one row each. */
const PREVENTED: Readonly<Record<RunEnd, (facts: Facts) => string>> = {
  crashed: () => `${NOTHING}: the process was gone`,
  supervisor_lost: () => `${NOTHING}: the supervisor was gone`,
  host_restarted: () => `${NOTHING}: the host was restarted`,
  heartbeat_stale: (facts) => `one beat after ${time(facts, facts.last_beat?.at ?? facts.claimed_at)}, or a longer heartbeat_max_stale`,
  lease_expired: (facts) => `one beat before ${time(facts, facts.claim_expires)}, or a lease longer than ${durationText(facts.lease_ms)}`,
  running_stale: (facts) => {
    const silence = limit(facts, 'running_silence_ms');
    const since = silence === undefined || facts.evidence === null ? facts.claimed_at : plus(facts.evidence.judged_at, -silence);
    return `one beat after ${time(facts, since)}, or a longer running_silence`;
  },
  no_progress: (facts) =>
    `a beat with another percent or checkpoint after ${time(facts, facts.evidence?.progress_since ?? facts.claimed_at)}, or a longer progress_timeout`,
  timed_out: (facts) => {
    const most = limit(facts, 'max_runtime_ms');
    return most === undefined
      ? 'a shorter run, or a longer max_runtime'
      : `an end before ${time(facts, plus(facts.claimed_at, most))}, or a longer max_runtime`;
  },
  operator: ({ said_by }) => `${NOTHING}: ${said_by} took it back`,
  cancelled: ({ said_by }) => `${NOTHING}: ${said_by} cancelled the task`,
  failed: ({ exit_code }) => `${NOTHING}: ${exit_code === null ? 'the worker said that it failed' : `the command ended with exit ${exit_code}`}`,
  spawn_failed: () => `${NOTHING}: the command could not be started`,
  no_verdict: () => 'a verdict of the worker: holdfast complete, fail or block; or --on-zero complete',
  rate_limited: () => `${NOTHING}: the worker met a rate limit and asked to come again later`,
  worker: () => `${NOTHING}: the worker gave it back`,
  shutdown: () => `${NOTHING}: the worker was shut down`,
  over_cap: () => `${NOTHING}: too many runs were open`,
  blocked: () => `${NOTHING}: the worker cannot go on without what it asked for`,
  completed: () => `${NOTHING}: it was completed`,
};

export const preventedBy = (facts: Facts): string => {
  if (facts.outcome === 'failed' && facts.end === 'crashed') return `${NOTHING}: the command was ended by ${facts.signal ?? 'a signal'}`;
  return PREVENTED[facts.end](facts);
};
