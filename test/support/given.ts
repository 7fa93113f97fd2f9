import { expect } from '@jest/globals';
import { noBoard } from '../../src/domain/board/evolve.ts';
import type { BoardState } from '../../src/domain/board/board.ts';
import type { Instant } from '../../src/domain/instant.ts';
import type { PolicyValues } from '../../src/domain/policy.ts';
import type { Accepted, Refusal } from '../../src/domain/task/answers.ts';
import { encodeTaskEvent, noTask } from '../../src/domain/task/codec.ts';
import { COMMANDS, type CommandInputOf, type TaskCommandType } from '../../src/domain/task/commands.ts';
import { decide } from '../../src/domain/task/decide.ts';
import type { TaskEvent } from '../../src/domain/task/events.ts';
import { evolve } from '../../src/domain/task/evolve.ts';
import type { TaskState } from '../../src/domain/task/state.ts';
import { TASK } from './told.ts';

/** A command as a spec says it: the task is always the same. */
export type Said<Type extends TaskCommandType> = { readonly type: Type; readonly at: Instant } & Omit<CommandInputOf<Type>, 'task_id'>;

export const boardOf = (policy: PolicyValues = {}): BoardState => ({ ...noBoard('main'), exists: true, policy });
export const fold = (...history: readonly TaskEvent[]): TaskState => history.reduce<TaskState>(evolve, noTask);

/** The decision on a state, its events checked against their schemas, its answer and the state it tells of against the one that they lead to. */
export const decided = <Type extends TaskCommandType>(task: TaskState, said: Said<Type>, board: BoardState) => {
  const command = COMMANDS[said.type].parse({ task_id: TASK, ...said });
  const decision = decide(said.type, command, task, board);
  for (const event of decision.events) expect(encodeTaskEvent(event)).toEqual(event);
  const after = decision.events.reduce<TaskState>(evolve, task);
  if (decision.answer.ok) expect(decision.answer).toMatchObject({ status: after.status, revision: String(after.revision) });
  if (decision.after !== undefined) expect(decision.after).toEqual(after);
  return { ...decision, after };
};

type Expected = { readonly type: TaskEvent['type'] } & Readonly<Record<string, unknown>>;
const flat = ({ type, data }: TaskEvent) => ({ ...data, type });

type Outcome = {
  readonly events: readonly TaskEvent[];
  readonly answer: Accepted[TaskCommandType] | Refusal;
  readonly after: TaskState;
  /** Exactly these events, each with at least these facts; `answer`: facts of the answer. */
  readonly then: (events: readonly Expected[], answer?: object) => void;
  readonly thenNothing: (answer?: object) => void;
  /** `kept`: what a late worker's no leaves behind. */
  readonly thenRefused: (answer: object, kept?: readonly Expected[]) => void;
};

const outcome = ({ events, answer, after }: Pick<Outcome, 'events' | 'answer' | 'after'>): Outcome => {
  const answered = (ok: boolean, facts: object, expected: readonly Expected[]): void => {
    expect(answer).toMatchObject({ ok, ...facts });
    expect(events.map(flat)).toMatchObject(expected);
  };
  return {
    events,
    answer,
    after,
    then: (expected, facts = {}) => answered(true, facts, expected),
    thenNothing: (facts = {}) => answered(true, facts, []),
    thenRefused: (facts, kept = []) => answered(false, facts, kept),
  };
};

/** given(history).when(command).then(events): a rule, told by example. */
export const given = (...history: readonly TaskEvent[]) => givenOn({}, ...history);

/** As `given`, on a board with its own policy. */
export const givenOn = (policy: PolicyValues | BoardState, ...history: readonly TaskEvent[]) => {
  const task = fold(...history);
  const board = 'exists' in policy ? policy : boardOf(policy);
  return { task, board, when: <Type extends TaskCommandType>(said: Said<Type>): Outcome => outcome(decided(task, said, board)) };
};
