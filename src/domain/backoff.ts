import { z } from 'zod';
import { plus, type Instant } from './instant.ts';
import { inForce, Sourced, type PolicyLayers } from './policy.ts';

/** Why a task may not be claimed before an instant, where that is a back-off: after how many failures in a row, and by which values. */
export const BackOff = z.object({ failures: z.int().min(1), retry_backoff_ms: Sourced, retry_backoff_max_ms: Sourced });
export type BackOff = z.output<typeof BackOff>;

const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93n;

/** A number from 0 up to 1 that is the same for the same text on every machine (FNV-1a, 32 bits). */
const spread = (text: string): number => {
  const hash = new TextEncoder().encode(text).reduce((sum, byte) => Number(BigInt.asUintN(32, BigInt((sum ^ byte) >>> 0) * FNV_PRIME)), FNV_OFFSET);
  return hash / 2 ** 32;
};

/** Up to this part of a step is taken off, so that tasks that failed together do not come back together. */
const JITTER = 0.25;

/** A wait (ms): `base_ms` after the first failure, doubled by each one more, at most `max_ms`; less up to a quarter by `seed`, so never more. */
export const waitAfterFailures = (failures: number, { base_ms, max_ms, seed }: { base_ms: number; max_ms: number; seed: string }): number => {
  const doubled = base_ms * 2 ** (failures - 1);
  const step = doubled < max_ms ? doubled : max_ms;
  return Number((step * (1 - JITTER * spread(seed))).toFixed(0));
};

type Failed = { readonly at: Instant; readonly task_id: string; readonly run: number; readonly failures: number; readonly layers: PolicyLayers };

/**
 * When a task may be claimed again after a run that counted as a failure, the `failures`th in a row; nothing when the back-off is off. The jitter comes
 * from task and run: the decider knows no event id, and asked again it must say the same.
 */
export const backOff = ({ at, task_id, run, failures, layers }: Failed): { readonly not_before: Instant; readonly backoff: BackOff } | undefined => {
  const [retry_backoff_ms, retry_backoff_max_ms] = [inForce('retry_backoff_ms', layers), inForce('retry_backoff_max_ms', layers)];
  if (retry_backoff_ms.value === 0) return undefined;
  const wait = waitAfterFailures(failures, { base_ms: retry_backoff_ms.value, max_ms: retry_backoff_max_ms.value, seed: `${task_id}/${run}` });
  return { not_before: plus(at, wait), backoff: { failures, retry_backoff_ms, retry_backoff_max_ms } };
};
