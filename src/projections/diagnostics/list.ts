import type { PolicyValues } from '../../domain/policy.ts';
import { getBoard } from '../lists.ts';
import type { Rows } from '../views.ts';
import { diagnose } from './diagnose.ts';
import { atLeast, bySeverity, type Diagnostic, type Severity } from './diagnostic.ts';
import { subject, subjects } from './subjects.ts';

export type ListDiagnostics = {
  readonly board: string;
  /** ms since the epoch. */
  readonly now: number;
  /** What boards on this kind of store begin with. */
  readonly store_policy: PolicyValues;
  /** Only this task. */
  readonly task_id?: string;
  /** At least so severe. */
  readonly severity?: Severity;
};

/** What there is to say of a board, or one task of it, at an instant: the most severe first, then the newest. */
export const listDiagnostics = (rows: Rows, { board: name, now, store_policy, task_id, severity = 'warning' }: ListDiagnostics): readonly Diagnostic[] => {
  const board = getBoard(rows, name);
  if (board === undefined) return [];
  const found = task_id === undefined ? [...subjects(rows, board)] : [subject(rows, board, task_id)].flatMap((one) => one ?? []);
  return found
    .flatMap((one) => diagnose(one, { board: board.policy, store: store_policy }, now).diagnostics)
    .filter(atLeast(severity))
    .toSorted(bySeverity);
};
