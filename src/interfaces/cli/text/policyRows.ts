import type { BoardState } from '../../../domain/board/board.ts';
import { POLICY } from '../../../domain/limits.ts';
import { inForce, PolicyKey } from '../../../domain/policy.ts';
import { nameOf, policyText } from './policyText.ts';

type PolicyRow = { readonly key: PolicyKey; readonly value: number; readonly source: string; readonly means: string };

/** Every duration (ms) and limit of the board in force, and where it came from. */
export const policyRows = ({ policy, store_policy }: Pick<BoardState, 'policy' | 'store_policy'>): readonly PolicyRow[] =>
  PolicyKey.options.map((key) => ({ key, ...inForce(key, { board: policy, store: store_policy }), means: POLICY[key].means }));

export const policyLines = (rows: readonly PolicyRow[]): string => {
  const cells = rows.map(({ key, value, source, means }) => [nameOf(key), policyText(key, value), source, means] as const);
  const width = (column: 0 | 1 | 2): number => Math.max(...cells.map((row) => row[column].length));
  return cells.map(([name, value, source, means]) => `  ${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${source.padEnd(width(2))}  ${means}`).join('\n');
};
