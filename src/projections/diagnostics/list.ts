import type { PolicyValues } from '../../domain/policy.ts';
import type { BoardRow } from '../boards.ts';
import { getBoard } from '../lists.ts';
import type { Rows } from '../views.ts';
import { diagnose } from './diagnose.ts';
import { atLeast, bySeverity, type Diagnostic, type Severity } from './diagnostic.ts';
import type { Subject } from './rule.ts';
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

type Among = Pick<ListDiagnostics, 'board' | 'now' | 'store_policy'>;

const said = (rows: Rows, { board: name, now, store_policy }: Among, among: (board: BoardRow) => Iterable<Subject>): readonly Diagnostic[] => {
  const board = getBoard(rows, name);
  if (board === undefined) return [];
  return [...among(board)].flatMap((one) => diagnose(one, { board: board.policy, store: store_policy }, now).diagnostics);
};

/** What there is to say of these tasks of a board at an instant, in their order. */
export const diagnosticsOf = (rows: Rows, among: Among, ids: readonly string[]): readonly Diagnostic[] =>
  said(rows, among, (board) => ids.flatMap((id) => subject(rows, board, id) ?? []));

/** What there is to say of a board, or one task of it, at an instant: the most severe first, then the newest. */
export const listDiagnostics = (rows: Rows, { task_id, severity = 'warning', ...among }: ListDiagnostics): readonly Diagnostic[] => {
  const found = task_id === undefined ? said(rows, among, (board) => subjects(rows, board)) : diagnosticsOf(rows, among, [task_id]);
  return found.filter(atLeast(severity)).toSorted(bySeverity);
};
