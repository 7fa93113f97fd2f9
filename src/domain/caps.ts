import { z } from 'zod';
import type { BoardState } from './board/board.ts';
import { WorkerId } from './ids.ts';
import { POLICY } from './limits.ts';
import { inForce, Source, Sourced } from './policy.ts';

/** How many runs may be open at once: on the board, and in one name. */
const CAP_KEYS = ['max_running', 'max_running_per_assignee'] as const;

const { min, max } = POLICY.max_running;
const RANGE = `a cap takes a whole number from ${min} to ${max}`;
/** A cap as a call gives it. There is no 0 for “off”: whoever wants no cap leaves it out. */
export const Cap = z.int(RANGE).min(min, RANGE).max(max, RANGE);

/** The caps that a claim was made under, with where each came from. */
export const Caps = z.object({ max_running: Sourced.optional(), max_running_per_assignee: Sourced.optional() });
export type Caps = z.output<typeof Caps>;

/** The cap that a claim was over, and how many admitted runs were open at its place in the log. `assignee`: of a cap for one name. */
export const OverCap = z.object({ limit: z.enum(CAP_KEYS), cap: z.int().min(1), source: Source, open: z.int().min(0), assignee: WorkerId.nullable() });
export type OverCap = z.output<typeof OverCap>;

/** Who claims, in whose name, and under which caps of its own. */
type Claimer = {
  readonly worker: string;
  readonly assignee?: string | null | undefined;
  readonly cap?: number | null | undefined;
  readonly cap_per_assignee?: number | null | undefined;
};

/** Whose run it is: of the name that it was claimed for, else of the worker. */
export const nameOf = ({ worker, assignee }: Pick<Claimer, 'worker' | 'assignee'>): string => assignee ?? worker;

const tightest = (asked: number | null | undefined, board: Sourced): Sourced | undefined => {
  if (asked != null && (board.value === 0 || asked < board.value)) return { value: asked, source: 'call' };
  return board.value === 0 ? undefined : board;
};

/** The caps of a claim: a call may ask for less than its board allows, never for more. undefined: none is in force. */
export const capsInForce = ({ cap, cap_per_assignee }: Claimer, { policy, store_policy }: Pick<BoardState, 'policy' | 'store_policy'>): Caps | undefined => {
  const layers = { board: policy, store: store_policy };
  const max_running = tightest(cap, inForce('max_running', layers));
  const max_running_per_assignee = tightest(cap_per_assignee, inForce('max_running_per_assignee', layers));
  if (max_running === undefined && max_running_per_assignee === undefined) return undefined;
  return { ...(max_running && { max_running }), ...(max_running_per_assignee && { max_running_per_assignee }) };
};

/** Admitted runs that are open: on the board, and of those in one name. */
export type OpenRuns = { readonly board: number; readonly assignee: number };

/**
 * Rule 11: a claim is admitted (null) when fewer admitted runs are open at its place in the log than each of its caps allows. Everybody who reads
 * the log up to there comes to the same answer.
 */
export const overCap = ({ max_running, max_running_per_assignee }: Caps, name: string, open: OpenRuns): OverCap | null => {
  if (max_running !== undefined && open.board >= max_running.value)
    return { limit: 'max_running', cap: max_running.value, source: max_running.source, open: open.board, assignee: null };
  const own = max_running_per_assignee;
  if (own === undefined || open.assignee < own.value) return null;
  return { limit: 'max_running_per_assignee', cap: own.value, source: own.source, open: open.assignee, assignee: name };
};

/** One line for people: how many run, and which cap that reaches. */
export const capText = ({ limit, cap, source, open, assignee }: OverCap, board: string): string =>
  `${open} running ${assignee === null ? `on board ${board}` : `in the name of ${assignee}`}, the cap is ${cap} (${limit}, ${source})`;
