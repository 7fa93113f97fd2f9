import type { PolicyKey, Sourced } from '../../domain/policy.ts';
import type { RunRow } from '../runs.ts';
import type { TaskRow } from '../taskRow.ts';
import type { DiagnosticKind, Remedy, Seen } from './diagnostic.ts';
import type { TroubleRow } from './troubleRow.ts';

/** All that rules look at. `late_runs`: those of `trouble.taken` whose worker spoke again. */
export type Subject = {
  readonly task: TaskRow;
  readonly trouble: TroubleRow;
  readonly late_runs: readonly RunRow[];
  /** Of the ids that the last completion named, those of no task. */
  readonly missing: ReadonlySet<string>;
  /** ms since the epoch; null: it was never paused. */
  readonly resumed_at: number | null;
  readonly paused: boolean;
  /** What the assignee holds meanwhile. */
  readonly assignee_holds: TaskRow | null;
};

export type Limits = { readonly of: (key: PolicyKey) => number; readonly sourced: (key: PolicyKey) => Sourced };

/** A rule as its author writes it; instants and lengths are in ms. */
type RuleSpec<Type extends Seen> = {
  readonly kind: Type['kind'];
  /** In words, as is when it is seen and when it clears. */
  readonly severity: string;
  readonly seen: string;
  readonly clears: string;
  /** The limits it rests on. */
  readonly thresholds: readonly PolicyKey[];
  /** What it sees at an instant; null: nothing. */
  readonly find: (subject: Subject, limits: Limits, now: number) => Type | null;
  /** Instants at which time alone may change that, in any order, past ones too. */
  readonly turns: (subject: Subject, limits: Limits) => readonly number[];
  readonly remedies: (found: Type, subject: Subject) => readonly Remedy[];
};

type Found = { readonly seen: Seen; readonly remedies: readonly Remedy[] };
export type Rule = Pick<RuleSpec<Seen>, 'severity' | 'seen' | 'clears' | 'thresholds' | 'turns'> & {
  readonly kind: DiagnosticKind;
  readonly look: (subject: Subject, limits: Limits, now: number) => Found | null;
};

export const rule = <Type extends Seen>({ find, remedies, ...rest }: RuleSpec<Type>): Rule => ({
  ...rest,
  look: (subject, limits, now) => {
    const seen = find(subject, limits, now);
    return seen === null ? null : { seen, remedies: remedies(seen, subject) };
  },
});
