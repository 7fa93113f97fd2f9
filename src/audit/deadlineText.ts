import { durationText } from '../domain/duration.ts';
import type { Evidence } from '../domain/evidence.ts';
import { elapsed, latest, plus, type Instant } from '../domain/instant.ts';
import type { RunEnd } from '../domain/task/state.ts';
import type { RunAccount } from './account.ts';
import { lateText } from './times.ts';

type Sum = {
  readonly run: RunAccount;
  readonly evidence: Evidence;
  readonly at: (instant: Instant) => string;
  /** When it was judged, and how late against when it was due. */
  readonly judged: (due: Instant) => string;
};

/** `claimed 10:00:00.000 + max_runtime 30s = 10:00:30.000; judged …` */
const sumOf = ({ at, judged }: Sum, from: string, since: Instant, name: string, ms: number): string => {
  const due = plus(since, ms);
  return `${from} ${at(since)} + ${name}${durationText(ms)} = ${at(due)}; ${judged(due)}`;
};

const heartbeatStale = ({ run: { last_beat, claim_expires }, evidence: { policy }, at, judged }: Sum): string => {
  const limit = policy.heartbeat_max_stale_ms?.value;
  if (limit === undefined || last_beat === null) return `lease until ${at(claim_expires)}; ${judged(claim_expires)}`;
  const stale = plus(last_beat.at, limit);
  const capped = stale === claim_expires ? ' (capped)' : '';
  const sum = `beat ${at(last_beat.at)} + ${durationText(limit)} = ${at(stale)}`;
  return `${sum}; lease until ${at(claim_expires)}${capped}; ${judged(latest(stale, claim_expires))}`;
};

const timedOut = (sum: Sum): string | null => {
  const limit = sum.evidence.policy.max_runtime_ms?.value;
  return limit === undefined ? null : sumOf(sum, 'claimed', sum.run.claimed_at, 'max_runtime ', limit);
};

/** Of its two limits the one that was over last. */
const runningStale = (sum: Sum): string | null => {
  const { run, evidence } = sum;
  const [ran, silence] = [evidence.policy.running_stale_ms?.value, evidence.policy.running_silence_ms?.value];
  if (ran === undefined) return null;
  const bySilence = run.last_beat !== null && silence !== undefined && plus(run.last_beat.at, silence) > plus(run.claimed_at, ran);
  if (bySilence && run.last_beat !== null) return sumOf(sum, 'beat', run.last_beat.at, 'running_silence ', silence);
  return sumOf(sum, 'claimed', run.claimed_at, 'running_stale ', ran);
};

const noProgress = (sum: Sum): string | null => {
  const { policy, progress_since: since, progress_since_revision: revision = '?' } = sum.evidence;
  const limit = policy.progress_timeout_ms?.value;
  return limit === undefined || since === undefined ? null : sumOf(sum, `rev ${revision}, the last progress,`, since, 'progress_timeout ', limit);
};

const SUMS: Partial<Readonly<Record<RunEnd, (sum: Sum) => string | null>>> = {
  heartbeat_stale: heartbeatStale,
  lease_expired: ({ run, at, judged }) => `${leaseSum(run, at)}; ${judged(run.claim_expires)}`,
  timed_out: timedOut,
  running_stale: runningStale,
  no_progress: noProgress,
};

/** The arithmetic of a verdict that a deadline brought; null for one that needed none. */
export const deadlineText = (run: RunAccount, at: (instant: Instant) => string): string | null => {
  const { evidence, end } = run;
  if (evidence === null) return null;
  const { judged_at, due_at } = evidence;
  const judged = (due: Instant): string => `judged ${at(judged_at)} (${lateText(elapsed(due_at ?? due, judged_at))})`;
  return SUMS[end]?.({ run, evidence, at, judged }) ?? null;
};

/** Where the end of the lease came from, when it is a plain sum. */
const leaseSum = ({ last_beat, claimed_at, lease_ms, claim_expires }: RunAccount, at: (instant: Instant) => string): string => {
  const from = last_beat?.at ?? claimed_at;
  const sum = `${last_beat === null ? 'claimed' : 'beat'} ${at(from)} + ${durationText(lease_ms)}`;
  return plus(from, lease_ms) === claim_expires ? `lease until ${at(claim_expires)} = ${sum}` : `lease until ${at(claim_expires)}`;
};
