import { z } from 'zod';
import { Revision } from './ids.ts';
import { Instant } from './instant.ts';
import { PolicyKey, Sourced } from './policy.ts';
import { Probe } from './process.ts';

/** Who looked: a watchdog, the run's supervisor, or a person. */
export const Judge = z.object({ kind: z.enum(['watchdog', 'supervisor', 'operator']), id: z.string(), version: z.string() });
export type Judge = z.output<typeof Judge>;

/** A person; who it was stands in the event's metadata. */
export const OPERATOR: Judge = { kind: 'operator', id: '', version: '' };

/**
 * Everything a verdict rested on, embedded whole wherever a claim is judged, so that the proof outlives the view it came from.
 * `view_behind`: events the judge's view was behind the log. `discounted_ms`: clock jump subtracted from run times, and
 * from the age of the last beat unless `beat_discounted_ms` says how much of it came after that beat.
 */
export const Evidence = z.object({
  judged_at: Instant,
  judged_revision: Revision,
  /** When the verdict became due; null when it was due at once, or an operator's wish. */
  due_at: Instant.nullable(),
  claim_expires: Instant,
  last_heartbeat_at: Instant.nullable(),
  last_heartbeat_revision: Revision.nullable(),
  heartbeat_stale: z.boolean(),
  /** Since when the run's percent and checkpoint were what they were, where the verdict rests on it. */
  progress_since: Instant.optional(),
  progress_since_revision: Revision.optional(),
  policy: z.partialRecord(PolicyKey, Sourced),
  probe: Probe,
  judge: Judge,
  view_behind: z.int().min(0),
  discounted_ms: z.number().min(0),
  beat_discounted_ms: z.number().min(0).optional(),
});
export type Evidence = z.output<typeof Evidence>;

/** Signals sent to the child's group and whether it was then seen gone. */
export const Stop = z.object({
  signals: z.array(z.object({ signal: z.enum(['SIGTERM', 'SIGKILL']), at: Instant })),
  confirmed: z.boolean(),
  gone_at: Instant.nullable(),
  took_ms: z.number().min(0),
});
export type Stop = z.output<typeof Stop>;

/** What happens to the task once the revoked run has ended. */
export const Then = z.discriminatedUnion('to', [
  z.object({ to: z.literal('ready') }),
  z.object({ to: z.literal('archive'), reason: z.string().nullable() }),
  z.object({ to: z.literal('assign'), assignee: z.string().nullable() }),
]);
export type Then = z.output<typeof Then>;
