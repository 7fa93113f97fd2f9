import { z } from 'zod';
import { Revision, Run, TaskId } from '../ids.ts';
import { Instant } from '../instant.ts';

/** A run whose process ended by itself, and badly. `process`: how a watchdog described it, so that one process that held several runs counts once; else null. */
export const Crash = z.object({
  task_id: TaskId,
  run: Run,
  /** Of the event that ended the run. */
  revision: Revision,
  event_id: z.string(),
  at: Instant,
  fingerprint: z.string(),
  process: z.string().nullable(),
});
export type Crash = z.output<typeof Crash>;
