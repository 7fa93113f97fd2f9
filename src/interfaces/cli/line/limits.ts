import type { TaskLimits } from '../../../domain/policy.ts';
import type { Arguments } from './arguments.ts';
import { LEASE } from './options.ts';

/** A task's own limits, as options; each takes the range of its limit. */
export const LIMITS = {
  lease: LEASE,
  'max-runtime': { kind: 'duration', limit: 'max_runtime_ms', value: '2h', means: 'longest run; 0 is no limit' },
  'max-stale': { kind: 'duration', limit: 'heartbeat_max_stale_ms', value: '1h', means: 'a live process whose last beat is older loses the lease; 0 is off' },
  'running-stale': {
    kind: 'duration',
    limit: 'running_stale_ms',
    value: '4h',
    means: 'a run older than this and silent for --running-silence is taken back; 0 is off',
  },
  'running-silence': { kind: 'duration', limit: 'running_silence_ms', value: '1h', means: 'silence that makes an old run stale; 0 is off' },
  'progress-timeout': {
    kind: 'duration',
    limit: 'progress_timeout_ms',
    value: '30m',
    means: 'a run that beats without change of percent or checkpoint is taken back; 0 is off',
  },
  'failure-limit': { kind: 'integer', limit: 'failure_limit', value: 'N', means: 'failures in a row after which the task gives up' },
} as const;

/** The option that sets each limit of a task. */
const OPTIONS = {
  claim_ttl_ms: 'lease',
  heartbeat_max_stale_ms: 'max-stale',
  max_runtime_ms: 'max-runtime',
  running_stale_ms: 'running-stale',
  running_silence_ms: 'running-silence',
  progress_timeout_ms: 'progress-timeout',
  failure_limit: 'failure-limit',
} as const satisfies Record<keyof TaskLimits, keyof typeof LIMITS>;

/** A task's own limits, as far as they were given. */
export const limitsOf = ({ number }: Arguments): TaskLimits =>
  Object.fromEntries(
    Object.entries(OPTIONS).flatMap(([key, option]) => {
      const value = number(option);
      return value === undefined ? [] : [[key, value]];
    }),
  );
