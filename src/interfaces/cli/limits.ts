import type { TaskLimits } from '../../domain/policy.ts';
import type { Arguments } from './arguments.ts';

/** The option that sets each limit of a task. */
const OPTIONS = {
  claim_ttl_ms: 'lease',
  heartbeat_max_stale_ms: 'max-stale',
  max_runtime_ms: 'max-runtime',
  running_stale_ms: 'running-stale',
  running_silence_ms: 'running-silence',
  progress_timeout_ms: 'progress-timeout',
  failure_limit: 'failure-limit',
} as const satisfies Record<keyof TaskLimits, string>;

/** A task's own limits, as far as they were given; their ranges are checked by the board. */
export const limitsOf = ({ number }: Arguments): TaskLimits =>
  Object.fromEntries(
    Object.entries(OPTIONS).flatMap(([key, option]) => {
      const value = number(option);
      return value === undefined ? [] : [[key, value]];
    }),
  );
