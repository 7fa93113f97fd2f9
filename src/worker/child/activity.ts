import { activityInterval } from '../../domain/lease.ts';
import type { Clock } from '../../platform/clock.ts';

/**
 * Turns activity into beats: the first at once, then at most one each interval. Call it as often as there is activity. Never throws:
 * `beat` that fails is left to the next activity after the interval.
 */
export const activityBeats = ({ beat, lease_ms, clock }: { readonly beat: () => Promise<unknown>; readonly lease_ms: number; readonly clock: Clock }) => {
  const interval = activityInterval(lease_ms);
  let last = Number.NEGATIVE_INFINITY;
  return (): void => {
    const now = clock.monotonic();
    if (now - last < interval) return;
    last = now;
    beat().catch(() => undefined);
  };
};
