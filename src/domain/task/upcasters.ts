import type { Upcasters } from '../codec.ts';

/** From each superseded wire type to the next. Empty: every event still has its first shape. Golden files stay for all of them. */
export const TASK_UPCASTERS: Upcasters = new Map();
