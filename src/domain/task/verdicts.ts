import { durationText } from '../duration.ts';
import { toMs, type Instant } from '../instant.ts';
import type { ReclaimReason } from '../outcomes.ts';
import { inForce, type PolicyKey, type PolicyLayers } from '../policy.ts';
import type { Probe } from '../process.ts';

/** What a watchdog saw and when. `only_certain`: it holds or has just held (rule 8). */
export type Sight = {
  readonly probe: Probe;
  readonly now: Instant;
  readonly discounted_ms: number;
  readonly beat_discounted_ms?: number | undefined;
  readonly only_certain: boolean;
};

/** Clock jump that does not count as age of the last beat: all of it, unless some came before that beat. */
export const beatDiscount = ({ discounted_ms, beat_discounted_ms = discounted_ms }: Pick<Sight, 'discounted_ms' | 'beat_discounted_ms'>): number =>
  beat_discounted_ms;

/** The instants of an open run, in ms since the epoch. */
export type Times = {
  readonly claimed_at: number;
  readonly claim_expires: number;
  readonly last_heartbeat_at: number | null;
  readonly progress_since: number | null;
};

export type Facts = Times & {
  readonly sight: Sight;
  readonly now: number;
  readonly limit: (key: PolicyKey) => number;
  /** `1h (default)` */
  readonly text: (key: PolicyKey) => string;
  /** What the clocks of two hosts may differ by; 0 where the process is on this host. */
  readonly clock_grace: number;
};

export const AT_ONCE = -Infinity;
const NEVER = Infinity;
const off = (limit: number, due: number): number => (limit === 0 ? NEVER : due);
export const later = (a: number, b: number): number => (a > b ? a : b);

export type Row = {
  readonly verdict: ReclaimReason | 'extend';
  /** Judged also while holding and one lease after. */
  readonly certain: boolean;
  readonly process: (probe: Probe) => boolean;
  readonly due: (facts: Facts) => number;
  readonly uses: readonly PolicyKey[];
  readonly rule: (facts: Facts) => string;
};

const alive = ({ process }: Probe): boolean => process === 'alive';
const unknown = ({ process }: Probe): boolean => process === 'unknown';
const foreign = ({ process }: Probe): boolean => process === 'foreign';
const dead = ({ process }: Probe): boolean => process === 'dead';
/** Nobody on this host can see the process, so it may run elsewhere, by another clock. */
export const unseen = (probe: Probe): boolean => unknown(probe) || foreign(probe);
const any = ({ process }: Probe): boolean => process !== 'foreign';
const supervisorGone = ({ supervisor }: Probe): boolean => supervisor === 'dead' || supervisor === 'absent';

/** When a death may be judged: at once, unless a living supervisor may still book it. */
export const deathSettled = ({ sight: { probe }, now, limit }: Facts): number =>
  supervisorGone(probe) ? AT_ONCE : (probe.dead_since === null ? now : toMs(probe.dead_since)) + limit('supervisor_silence_ms');

const silenceSettled = ({ claimed_at, last_heartbeat_at: beat, limit, sight, clock_grace }: Facts): number => {
  const ran = claimed_at + limit('running_stale_ms') + sight.discounted_ms;
  const due = beat === null ? ran : later(ran, beat + limit('running_silence_ms') + beatDiscount(sight));
  return off(limit('running_stale_ms'), off(limit('running_silence_ms'), due + clock_grace));
};

const beatStale = ({ last_heartbeat_at: beat, claim_expires, limit, sight }: Facts): number =>
  beat === null ? NEVER : off(limit('heartbeat_max_stale_ms'), later(claim_expires, beat + limit('heartbeat_max_stale_ms') + beatDiscount(sight)));

/** Counted from the first beat: a run that never beats is for the other rows. All clock jump since the claim is taken off: it may be late, never early. */
const progressDue = ({ progress_since: since, limit, sight, clock_grace }: Facts): number =>
  since === null ? NEVER : off(limit('progress_timeout_ms'), since + limit('progress_timeout_ms') + sight.discounted_ms + clock_grace);

/** Design §5.4: the first row whose process matches and whose time has come wins. A limit of 0 is off; a process of another host is judged by its own row only. */
export const VERDICTS: readonly Row[] = [
  {
    verdict: 'host_restarted',
    certain: true,
    process: ({ other_boot }) => other_boot,
    due: () => AT_ONCE,
    uses: [],
    rule: () => 'host restarted since the process was recorded → reclaim at once',
  },
  {
    verdict: 'crashed',
    certain: true,
    process: dead,
    due: deathSettled,
    uses: ['supervisor_silence_ms'],
    rule: ({ sight, text }) =>
      supervisorGone(sight.probe) ? 'process dead → reclaim at once' : `process dead, its supervisor silent for ${text('supervisor_silence_ms')}`,
  },
  {
    verdict: 'supervisor_lost',
    certain: true,
    process: (probe) => alive(probe) && probe.supervisor === 'dead',
    due: () => AT_ONCE,
    uses: [],
    rule: () => 'process alive, its supervisor dead → stop it and reclaim',
  },
  {
    verdict: 'timed_out',
    certain: false,
    process: any,
    due: ({ claimed_at, limit, sight, clock_grace }) => off(limit('max_runtime_ms'), claimed_at + limit('max_runtime_ms') + sight.discounted_ms + clock_grace),
    uses: ['max_runtime_ms', 'clock_grace_ms'],
    rule: ({ text }) => `run longer than max_runtime ${text('max_runtime_ms')}`,
  },
  {
    verdict: 'running_stale',
    certain: false,
    process: any,
    due: silenceSettled,
    uses: ['running_stale_ms', 'running_silence_ms', 'clock_grace_ms'],
    rule: ({ last_heartbeat_at: beat, text }) =>
      `running over ${text('running_stale_ms')} and no beat ${beat === null ? 'ever' : `for ${text('running_silence_ms')}`}`,
  },
  {
    verdict: 'no_progress',
    certain: false,
    process: any,
    due: progressDue,
    uses: ['progress_timeout_ms', 'clock_grace_ms'],
    rule: ({ text }) => `beats, but neither percent nor checkpoint changed for progress_timeout ${text('progress_timeout_ms')}`,
  },
  {
    verdict: 'heartbeat_stale',
    certain: false,
    process: alive,
    due: beatStale,
    uses: ['heartbeat_max_stale_ms'],
    rule: ({ text }) => `lease over, process alive, beat older than heartbeat_max_stale ${text('heartbeat_max_stale_ms')}`,
  },
  {
    verdict: 'lease_expired',
    certain: false,
    process: unknown,
    due: ({ claim_expires, clock_grace }) => claim_expires + clock_grace,
    uses: ['clock_grace_ms'],
    rule: () => 'lease over, no process known to look at',
  },
  {
    verdict: 'lease_expired',
    certain: false,
    process: foreign,
    due: ({ claim_expires, limit, clock_grace }) => claim_expires + limit('foreign_grace_ms') + clock_grace,
    uses: ['foreign_grace_ms', 'clock_grace_ms'],
    rule: ({ text }) => `lease over for foreign_grace ${text('foreign_grace_ms')}, process on another host`,
  },
  {
    verdict: 'extend',
    certain: false,
    process: alive,
    due: ({ claim_expires }) => claim_expires,
    uses: ['heartbeat_max_stale_ms'],
    rule: () => 'lease over, process alive, beat fresh or none yet → extend',
  },
];

export const factsFor = (times: Times, sight: Sight, layers: PolicyLayers): Facts => {
  const limit = (key: PolicyKey): number => inForce(key, layers).value;
  return {
    ...times,
    sight,
    now: toMs(sight.now),
    limit,
    text: (key) => `${durationText(limit(key))} (${inForce(key, layers).source})`,
    clock_grace: unseen(sight.probe) ? limit('clock_grace_ms') : 0,
  };
};
