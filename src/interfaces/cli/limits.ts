import type { TaskLimits } from '../../domain/policy.ts';
import type { Arguments } from './arguments.ts';

/** A task's own limits, as far as they were given. */
export const limitsOf = ({ number }: Arguments): TaskLimits => {
  const [claim_ttl_ms, heartbeat_max_stale_ms, max_runtime_ms, failure_limit] = [
    number('lease'),
    number('max-stale'),
    number('max-runtime'),
    number('failure-limit'),
  ];
  return {
    ...(claim_ttl_ms === undefined ? {} : { claim_ttl_ms }),
    ...(heartbeat_max_stale_ms === undefined ? {} : { heartbeat_max_stale_ms }),
    ...(max_runtime_ms === undefined ? {} : { max_runtime_ms }),
    ...(failure_limit === undefined ? {} : { failure_limit }),
  };
};
