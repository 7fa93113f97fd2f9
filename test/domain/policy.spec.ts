import { describe, it, expect } from '@jest/globals';
import { POLICY } from '../../src/domain/limits.ts';
import { inForce, PolicyKey, PolicyValues, TaskLimits } from '../../src/domain/policy.ts';

describe('the policy', () => {
  it('has the defaults of the reference system', () =>
    expect(Object.fromEntries(Object.entries(POLICY).map(([key, limit]) => [key, limit.default]))).toEqual({
      claim_ttl_ms: 900_000,
      heartbeat_max_stale_ms: 3_600_000,
      max_runtime_ms: 0,
      running_stale_ms: 14_400_000,
      running_silence_ms: 3_600_000,
      progress_timeout_ms: 0,
      supervisor_silence_ms: 30_000,
      foreign_grace_ms: 60_000,
      stop_grace_ms: 5000,
      rate_limit_cooldown_ms: 300_000,
      retry_backoff_ms: 30_000,
      retry_backoff_max_ms: 3_600_000,
      clock_grace_ms: 0,
      same_error_limit: 3,
      same_error_window_ms: 60_000,
      failure_limit: 2,
      unclaimed_after_ms: 600_000,
      max_running: 0,
      max_running_per_assignee: 0,
      diagnose_failures: 0,
      diagnose_crashes: 2,
      diagnose_cycles: 3,
      diagnose_false_reclaims: 1,
      diagnose_window_ms: 86_400_000,
      diagnose_blocked_ms: 86_400_000,
      diagnose_stranded_ms: 1_800_000,
      diagnose_no_progress_ms: 3_600_000,
      diagnose_overdue_ms: 60_000,
    }));

  it.each(PolicyKey.options)('%s takes its range, and 0 only where that means something', (key) => {
    const { min, max, zero } = POLICY[key];
    const accepts = (value: number) => PolicyValues.safeParse({ [key]: value }).success;
    expect([accepts(min), accepts(max), accepts(max + 1), accepts(-1), accepts(min + 0.5)]).toEqual([true, true, false, false, false]);
    expect(accepts(0)).toBe(zero !== 'refused');
  });

  it('knows no other limit', () => expect(PolicyValues.safeParse({ claim_ttl: 900 }).success).toBe(false));

  it('lets a task set only what is its own', () => {
    expect(TaskLimits.safeParse({ claim_ttl_ms: 5000, failure_limit: 1 }).success).toBe(true);
    expect(TaskLimits.safeParse({ stop_grace_ms: 5000 }).success).toBe(false);
  });

  it.each([
    { layers: { call: { claim_ttl_ms: 1 }, task: { claim_ttl_ms: 2 }, board: { claim_ttl_ms: 3 } }, value: 1, source: 'call' },
    { layers: { call: {}, task: { claim_ttl_ms: 2 }, board: { claim_ttl_ms: 3 } }, value: 2, source: 'task' },
    { layers: { task: {}, board: { claim_ttl_ms: 3 } }, value: 3, source: 'board' },
    { layers: { board: {}, store: { claim_ttl_ms: 4 } }, value: 4, source: 'store' },
    { layers: {}, value: 900_000, source: 'default' },
  ])('takes a value from the $source before what is weaker', ({ layers, value, source }) => expect(inForce('claim_ttl_ms', layers)).toEqual({ value, source }));

  it('takes a 0 for a value: it is off, not unset', () =>
    expect(inForce('heartbeat_max_stale_ms', { task: { heartbeat_max_stale_ms: 0 }, board: { heartbeat_max_stale_ms: 5000 } })).toEqual({
      value: 0,
      source: 'task',
    }));
});
