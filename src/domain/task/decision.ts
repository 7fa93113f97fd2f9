import type { BoardState } from '../board/board.ts';
import type { PolicyLayers } from '../policy.ts';
import type { Accepted, Ok, Refusal, RefusalCode } from './answers.ts';
import type { CommandOf, TaskCommandType } from './commands.ts';
import type { TaskEvent } from './events.ts';
import { evolveExisting } from './evolve.ts';
import type { ExistingTask } from './state.ts';

/** Events to append (none: refused, or nothing to do) and the answer that holds once they are stored. `after`: the task then, where it was folded for the answer. */
export type Decision<Type extends TaskCommandType> = {
  readonly events: readonly TaskEvent[];
  readonly answer: Accepted[Type] | Refusal;
  readonly after?: ExistingTask | undefined;
};
export type Decide<Type extends TaskCommandType> = (command: CommandOf<Type>, task: ExistingTask, board: BoardState) => Decision<Type>;

export type Refused = { readonly events: readonly TaskEvent[]; readonly answer: Refusal };

/** A "no" that leaves no trace. `message`: one sentence that says what is the case, and the next step. */
export const refuse = (code: RefusalCode, message: string, facts: { readonly [fact: string]: unknown } = {}): Refused => ({
  events: [],
  answer: { ok: false, code, message, ...facts },
});

/** A "yes": the events, and an answer with the status and revision that they lead to. */
export const accept = <Facts extends object>(
  task: ExistingTask,
  events: readonly TaskEvent[],
  facts: Facts,
): { events: readonly TaskEvent[]; answer: Ok & Facts; after: ExistingTask } => {
  const after = events.reduce(evolveExisting, task);
  const { task_id, status, revision } = after;
  return { events, answer: { ok: true as const, task_id, status, revision: String(revision), ...facts }, after };
};

/** Where the limits of this task come from. */
export const layersOf = (task: Pick<ExistingTask, 'limits'>, board: Pick<BoardState, 'policy' | 'store_policy'>): PolicyLayers => ({
  task: task.limits,
  board: board.policy,
  store: board.store_policy,
});
