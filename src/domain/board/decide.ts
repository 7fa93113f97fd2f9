import { durationText } from '../duration.ts';
import { beatWithin } from '../lease.ts';
import { inForce, PolicyKey, type PolicyValues } from '../policy.ts';
import { sameJson } from '../json.ts';
import type { Refusal } from '../task/answers.ts';
import type { BoardCommand, BoardEvent, BoardState } from './board.ts';
import { sameError, sameErrorText, type SameError } from './sameError.ts';
import { changedPolicy } from './evolve.ts';

type BoardDecision = { readonly events: readonly BoardEvent[]; readonly answer: { readonly ok: true; readonly revision: string } | Refusal };
type CommandOf<Type extends BoardCommand['type']> = Extract<BoardCommand, { type: Type }>;

const accept = ({ revision }: BoardState, events: readonly BoardEvent[]): BoardDecision => ({
  events,
  answer: { ok: true, revision: String(revision + events.length) },
});
const refuse = (code: Refusal['code'], message: string, facts: { readonly [fact: string]: unknown } = {}): BoardDecision => ({
  events: [],
  answer: { ok: false, code, message, ...facts },
});

/** Values that each are in range and make no sense together: field, value and range; undefined when there are none. */
const nonsense = (policy: PolicyValues): BoardDecision | undefined => staleTooSoon(policy) ?? backOffUpsideDown(policy);

const backOffUpsideDown = (policy: PolicyValues): BoardDecision | undefined => {
  const [base, most] = [inForce('retry_backoff_ms', { board: policy }).value, inForce('retry_backoff_max_ms', { board: policy }).value];
  if (base <= most) return undefined;
  const message = `retry_backoff is ${durationText(base)}, but retry_backoff_max, the longest wait, is ${durationText(most)}: give at most ${durationText(most)}, or 0 for off.`;
  return refuse('InvalidPolicy', message, { field: 'retry_backoff_ms', value: base, max: most });
};

const staleTooSoon = (policy: PolicyValues): BoardDecision | undefined => {
  const stale = inForce('heartbeat_max_stale_ms', { board: policy }).value;
  const beat = beatWithin(inForce('claim_ttl_ms', { board: policy }).value);
  if (stale === 0 || stale >= beat) return undefined;
  const message = `heartbeat_max_stale is ${durationText(stale)}, but a worker beats only every third of claim_ttl: give at least ${durationText(beat)}, or 0 for off.`;
  return refuse('InvalidPolicy', message, { field: 'heartbeat_max_stale_ms', value: stale, min: beat });
};

const createBoard = ({ at, board, policy }: CommandOf<'CreateBoard'>, state: BoardState): BoardDecision => {
  if (board !== state.board) return refuse('InvalidInput', `board: this is board ${state.board}; open board ${board} to create it`, { board });
  if (!state.exists) return nonsense(policy) ?? accept(state, [{ type: 'BoardCreated', data: { at, board, policy } }]);
  if (sameJson(policy, state.policy)) return accept(state, []);
  return refuse('AlreadyExists', `Board ${board} exists already: change it with \`holdfast board policy\`.`, { board });
};

const changePolicy = ({ at, set, unset }: CommandOf<'ChangePolicy'>, state: BoardState): BoardDecision => {
  const unknown = unset.find((key) => !PolicyKey.safeParse(key).success);
  if (unknown !== undefined)
    return refuse('InvalidPolicy', `There is no limit ${unknown}: \`holdfast board policy\` lists them.`, { field: unknown, known: PolicyKey.options });
  const policy = changedPolicy(state.policy, set, unset);
  if (sameJson(policy, state.policy)) return accept(state, []);
  return nonsense(policy) ?? accept(state, [{ type: 'PolicyChanged', data: { at, set, unset } }]);
};

const named = (by: string | null): { readonly by?: string } => (by === null ? {} : { by });

/** What a watchdog counted stands only if the board was not resumed since, and if it is as many and as close as the limits in force ask. */
const pauseBoard = ({ at, reason, by, cause }: CommandOf<'PauseBoard'>, state: BoardState): BoardDecision => {
  if (state.paused !== null) return accept(state, []);
  if (cause === null) return accept(state, [{ type: 'BoardPaused', data: { at, reason, ...named(by) } }]);
  const layers = { board: state.policy, store: state.store_policy };
  const limits = { same_error_limit: inForce('same_error_limit', layers), same_error_window_ms: inForce('same_error_window_ms', layers) };
  const crashes = sameError(cause, { limit: limits.same_error_limit.value, window_ms: limits.same_error_window_ms.value });
  const newest = crashes?.at(-1);
  if (cause.resumed_revision !== state.resumed_revision || crashes === undefined || newest === undefined) return accept(state, []);
  const { fingerprint } = newest;
  const why: SameError = { rule: 'same_error', fingerprint, crashes: [...crashes], ...limits, judge: cause.judge };
  return accept(state, [{ type: 'BoardPaused', data: { at, reason: reason ?? sameErrorText(why), ...named(by), cause: why } }]);
};

/** What a command does to a board. Asking for what is so already changes nothing. */
export const decideBoard = (command: BoardCommand, state: BoardState): BoardDecision => {
  if (state.unreadable !== null) return { events: [], answer: boardUnreadable(state.board, state.unreadable) };
  if (command.type === 'CreateBoard') return createBoard(command, state);
  if (!state.exists) return { events: [], answer: noSuchBoard(state.board) };
  const { at } = command;
  switch (command.type) {
    case 'ChangePolicy':
      return changePolicy(command, state);
    case 'PauseBoard':
      return pauseBoard(command, state);
    case 'ResumeBoard':
      return accept(state, state.paused === null ? [] : [{ type: 'BoardResumed', data: { at, reason: command.reason, ...named(command.by) } }]);
  }
};

/** A board is there only once it was created: a mistyped name must not look like an empty board, nor become one. */
export const noSuchBoard = (board: string): Refusal => ({
  ok: false,
  code: 'NotFound',
  message: `there is no board ${board} in this store; next: \`holdfast board create ${board}\`, or \`holdfast board list\``,
  board,
});

/** Every command of a board whose stream this version cannot read is refused: its policy or its pause may say otherwise. */
export const boardUnreadable = (board: string, { revision, type, why }: NonNullable<BoardState['unreadable']>): Refusal => ({
  ok: false,
  code: 'Unreadable',
  message: `Board ${board} has an event that this version cannot read (revision ${revision}, ${type}: ${why}): upgrade holdfast.`,
  board,
  revision,
  type,
});
