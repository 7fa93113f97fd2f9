import type { Instant } from '../../domain/instant.ts';
import type { ReclaimReason } from '../../domain/outcomes.ts';
import type { PolicyKey, Sourced } from '../../domain/policy.ts';
import type { RunEnd } from '../../domain/task/state.ts';
import type { BlockKind, Cycle, LateWord } from './troubleRow.ts';

export const SEVERITIES = ['warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What to type, and what it does. */
export type Remedy = { readonly command: string; readonly means: string };

/** A run that was taken away although its worker spoke again. `silent_ms`: what the limit `policy` would have had to allow; null: no limit would have kept it. */
export type FalseReclaim = {
  readonly run: number;
  readonly worker: string | null;
  readonly verdict: ReclaimReason;
  readonly taken_at: Instant;
  readonly late: readonly LateWord[];
  readonly kept_by: { readonly policy: PolicyKey; readonly in_force: Sourced | null; readonly needed_ms: number } | null;
};

type Of<Kind extends string, Facts> = {
  readonly kind: Kind;
  readonly severity: Severity;
  /** What was counted, as the kind says. */
  readonly count: number;
  /** When the first of what is counted happened; of a rule about time: when it began to hold. */
  readonly first_seen: Instant;
  /** When the newest of it happened; of a rule about time: now. */
  readonly last_seen: Instant;
  /** The run it is about; null: none, or several. */
  readonly run: number | null;
  /** One line. */
  readonly title: string;
  readonly facts: Facts;
};

/** What a rule found, without its task. Facts hold instants, never ages: they stay the same while nothing happens. */
export type Seen =
  | Of<
      'repeated_failures',
      { readonly failures: number; readonly limit: number; readonly gave_up: boolean; readonly last_end: RunEnd; readonly error: string | null }
    >
  | Of<'repeated_crashes', { readonly crashes: number; readonly error: string | null }>
  | Of<
      'stuck_in_blocked',
      {
        readonly block_kind: BlockKind;
        readonly reason: string;
        readonly escalated: boolean;
        readonly blocked_at: Instant;
        readonly commented_at: Instant | null;
      }
    >
  | Of<'block_unblock_cycling', { readonly cycles: readonly Cycle[]; readonly reasons: readonly string[]; readonly left_out: number }>
  | Of<
      'stranded_in_ready',
      {
        readonly assignee: string;
        readonly ready_since: Instant;
        readonly assignee_holds: { readonly task_id: string; readonly run: number; readonly since: Instant } | null;
      }
    >
  | Of<
      'not_progressing',
      {
        readonly worker: string;
        readonly claimed_at: Instant;
        readonly last_heartbeat_at: Instant;
        readonly progress_at: Instant | null;
        readonly percent: number | null;
        readonly note: string | null;
      }
    >
  | Of<'false_reclaim', { readonly runs: readonly FalseReclaim[] }>
  | Of<'overdue', { readonly worker: string; readonly claim_expires: Instant }>
  | Of<'phantom_results', { readonly completed_at: Instant; readonly missing: readonly string[] }>
  | Of<'phantom_mentions', { readonly completed_at: Instant; readonly missing: readonly string[] }>;
export type DiagnosticKind = Seen['kind'];
export type SeenOf<Kind extends DiagnosticKind> = Extract<Seen, { readonly kind: Kind }>;

/** Something that a person should look at, with what to do about it. */
export type Diagnostic = Seen & {
  readonly task_id: string;
  readonly task_title: string;
  /** The limits it rests on, and where each came from. */
  readonly policy: Readonly<Partial<Record<PolicyKey, Sourced>>>;
  readonly remedies: readonly Remedy[];
};

const weight = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** Whether it is at least so severe. */
export const atLeast =
  (least: Severity) =>
  (diagnostic: Pick<Diagnostic, 'severity'>): boolean =>
    weight(diagnostic.severity) >= weight(least);

/** The most severe first, then the newest. */
export const bySeverity = (a: Diagnostic, b: Diagnostic): number => {
  if (a.severity !== b.severity) return weight(b.severity) - weight(a.severity);
  if (a.last_seen !== b.last_seen) return a.last_seen < b.last_seen ? 1 : -1;
  return a.task_id === b.task_id ? (a.kind < b.kind ? -1 : 1) : a.task_id < b.task_id ? -1 : 1;
};
