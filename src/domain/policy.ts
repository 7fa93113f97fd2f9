import { z } from 'zod';
import { POLICY, type Limit } from './limits.ts';

/** Where a value in force came from; the first of call, task, board, store that names one wins. `store`: what boards on that kind of store begin with. */
export const Source = z.enum(['call', 'task', 'board', 'store', 'default']);
export type Source = z.output<typeof Source>;

const limit = ({ min, max, zero }: Limit) => {
  const range = `it takes a whole number from ${min} to ${max}${zero === 'refused' ? '' : ', or 0'}`;
  const within = z.int(range).min(min, range).max(max, range);
  return zero === 'refused' ? within : z.union([z.literal(0), within], range);
};

/** What a board (or a task, for its own limits) sets; what it leaves out comes from the next source. */
export const PolicyValues = z.strictObject({
  claim_ttl_ms: limit(POLICY.claim_ttl_ms).optional(),
  heartbeat_max_stale_ms: limit(POLICY.heartbeat_max_stale_ms).optional(),
  max_runtime_ms: limit(POLICY.max_runtime_ms).optional(),
  running_stale_ms: limit(POLICY.running_stale_ms).optional(),
  running_silence_ms: limit(POLICY.running_silence_ms).optional(),
  progress_timeout_ms: limit(POLICY.progress_timeout_ms).optional(),
  supervisor_silence_ms: limit(POLICY.supervisor_silence_ms).optional(),
  foreign_grace_ms: limit(POLICY.foreign_grace_ms).optional(),
  stop_grace_ms: limit(POLICY.stop_grace_ms).optional(),
  rate_limit_cooldown_ms: limit(POLICY.rate_limit_cooldown_ms).optional(),
  retry_backoff_ms: limit(POLICY.retry_backoff_ms).optional(),
  retry_backoff_max_ms: limit(POLICY.retry_backoff_max_ms).optional(),
  clock_grace_ms: limit(POLICY.clock_grace_ms).optional(),
  same_error_limit: limit(POLICY.same_error_limit).optional(),
  same_error_window_ms: limit(POLICY.same_error_window_ms).optional(),
  failure_limit: limit(POLICY.failure_limit).optional(),
  unclaimed_after_ms: limit(POLICY.unclaimed_after_ms).optional(),
  max_running: limit(POLICY.max_running).optional(),
  max_running_per_assignee: limit(POLICY.max_running_per_assignee).optional(),
  diagnose_failures: limit(POLICY.diagnose_failures).optional(),
  diagnose_crashes: limit(POLICY.diagnose_crashes).optional(),
  diagnose_cycles: limit(POLICY.diagnose_cycles).optional(),
  diagnose_false_reclaims: limit(POLICY.diagnose_false_reclaims).optional(),
  diagnose_window_ms: limit(POLICY.diagnose_window_ms).optional(),
  diagnose_blocked_ms: limit(POLICY.diagnose_blocked_ms).optional(),
  diagnose_stranded_ms: limit(POLICY.diagnose_stranded_ms).optional(),
  diagnose_no_progress_ms: limit(POLICY.diagnose_no_progress_ms).optional(),
  diagnose_overdue_ms: limit(POLICY.diagnose_overdue_ms).optional(),
});
export type PolicyValues = z.output<typeof PolicyValues>;

export const PolicyKey = PolicyValues.keyof();
export type PolicyKey = z.output<typeof PolicyKey>;

/** The limits that one task may set for itself. */
export const TaskLimits = PolicyValues.pick({
  claim_ttl_ms: true,
  heartbeat_max_stale_ms: true,
  max_runtime_ms: true,
  running_stale_ms: true,
  running_silence_ms: true,
  progress_timeout_ms: true,
  failure_limit: true,
});
export type TaskLimits = z.output<typeof TaskLimits>;

/** A value in force and where it came from. */
export const Sourced = z.object({ value: z.number(), source: Source });
export type Sourced = z.output<typeof Sourced>;

/** Layers a value may come from, the strongest first. */
export type PolicyLayers = {
  readonly call?: PolicyValues;
  readonly task?: PolicyValues;
  readonly board?: PolicyValues;
  readonly store?: PolicyValues;
};

/** The value of one limit in force, with its source: call > task > board > store > default (design §5.3, §7). */
export const inForce = (key: PolicyKey, { call, task, board, store }: PolicyLayers): Sourced => {
  const value = (layer: PolicyValues | undefined): number | undefined => layer?.[key];
  const fromCall = value(call);
  if (fromCall !== undefined) return { value: fromCall, source: 'call' };
  const fromTask = value(task);
  if (fromTask !== undefined) return { value: fromTask, source: 'task' };
  const fromBoard = value(board);
  if (fromBoard !== undefined) return { value: fromBoard, source: 'board' };
  const fromStore = value(store);
  if (fromStore !== undefined) return { value: fromStore, source: 'store' };
  return { value: POLICY[key].default, source: 'default' };
};
