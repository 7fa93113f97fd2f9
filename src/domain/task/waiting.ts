import type { Instant } from '../instant.ts';
import type { ExistingTask, RunEnd } from './state.ts';

/** What a ready task waits for that may not be claimed yet: its last run met a rate limit, or failed. */
export type Wait = 'cool_down' | 'back_off';

/** The wait after a run that ended so. */
export const waitAfter = (end: RunEnd | undefined): Wait => (end === 'rate_limited' ? 'cool_down' : 'back_off');

/** Whether the task is ready but for an instant that has not come yet. */
export const isWaiting = ({ status, not_before }: ExistingTask, at: Instant): boolean => status === 'ready' && not_before !== null && at < not_before;
