import { durationText } from '../domain/duration.ts';
import { elapsed, plus } from '../domain/instant.ts';
import type { RunAccount } from './account.ts';
import { lateText } from './times.ts';

/** The arithmetic of a verdict that a deadline brought; null for one that needed none. */
export const deadlineText = (run: RunAccount, at: (instant: string) => string): string | null => {
  const { evidence, end, claimed_at, claim_expires } = run;
  if (evidence === null) return null;
  const { policy, judged_at, due_at } = evidence;
  const judged = (due: string): string => `judged ${at(judged_at)} (${lateText(elapsed(due_at ?? due, judged_at))})`;
  if (end === 'heartbeat_stale') {
    const limit = policy.heartbeat_max_stale_ms?.value;
    const beat = run.last_beat?.at;
    if (limit === undefined || beat === undefined) return `lease until ${at(claim_expires)}; ${judged(claim_expires)}`;
    const stale = plus(beat, limit);
    const due = stale > claim_expires ? stale : claim_expires;
    return `beat ${at(beat)} + ${durationText(limit)} = ${at(stale)}; lease until ${at(claim_expires)}${stale === claim_expires ? ' (capped)' : ''}; ${judged(due)}`;
  }
  if (end === 'lease_expired') return `${leaseSum(run, at)}; ${judged(claim_expires)}`;
  if (end === 'timed_out' && policy.max_runtime_ms !== undefined) {
    const due = plus(claimed_at, policy.max_runtime_ms.value);
    return `claimed ${at(claimed_at)} + max_runtime ${durationText(policy.max_runtime_ms.value)} = ${at(due)}; ${judged(due)}`;
  }
  if (end === 'running_stale' && policy.running_stale_ms !== undefined) {
    const due = plus(claimed_at, policy.running_stale_ms.value);
    return `claimed ${at(claimed_at)} + running_stale ${durationText(policy.running_stale_ms.value)} = ${at(due)}; ${judged(due)}`;
  }
  return null;
};

/** Where the end of the lease came from, when it is a plain sum. */
const leaseSum = ({ last_beat, claimed_at, lease_ms, claim_expires }: RunAccount, at: (instant: string) => string): string => {
  const from = last_beat?.at ?? claimed_at;
  const sum = `${last_beat === null ? 'claimed' : 'beat'} ${at(from)} + ${durationText(lease_ms)}`;
  return plus(from, lease_ms) === claim_expires ? `lease until ${at(claim_expires)} = ${sum}` : `lease until ${at(claim_expires)}`;
};
