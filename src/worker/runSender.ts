import { randomUUID } from 'node:crypto';
import type { Board } from '../board/board.ts';
import type { Accepted, Claimed, Refusal } from '../domain/task/answers.ts';
import type { CommandInputOf, TaskCommandType } from '../domain/task/commands.ts';
import type { Clock } from '../platform/clock.ts';
import { fencedBy, type Cancelled, type StaleRun } from './abortReasons.ts';
import { Refused } from './refused.ts';
import { untilStored } from './untilStored.ts';

export type Beat = Omit<CommandInputOf<'RecordHeartbeat'>, 'task_id' | 'run' | 'worker'>;

type Sending = {
  readonly board: Pick<Board, 'execute'>;
  readonly claimed: Claimed;
  readonly clock: Clock;
  /** Told when the board says that the run is over. */
  readonly onFenced: (reason: StaleRun | Cancelled) => void;
  /** Told when a verdict was stored. */
  readonly onSettled: () => void;
  /** A verdict is under way, or answered. */
  readonly onDeciding?: (underWay: boolean) => void;
};

/** Sends what the holder of a run says; what the board refuses is thrown as `Refused`. */
export type RunSender = {
  /** Tried once. */
  readonly beat: (beat: Beat) => Promise<Accepted['RecordHeartbeat']>;
  /** Tried until stored or refused. */
  readonly verdict: <Type extends TaskCommandType>(command: { readonly type: Type } & CommandInputOf<Type>) => Promise<Accepted[Type]>;
  /** Monotonic ms of the last beat that the board took, at first of the claim. */
  readonly lastBeat: () => number;
  readonly settled: () => boolean;
};

export const runSender = ({ board, claimed: { task_id, run, worker }, clock, onFenced, onSettled, onDeciding }: Sending): RunSender => {
  let lastBeat = clock.monotonic();
  let settled = false;
  const taken = <Type extends TaskCommandType>(answer: Accepted[Type] | Refusal): Accepted[Type] => {
    if (answer.ok) return answer;
    if (answer.code === 'StaleRun') onFenced(fencedBy(task_id, run, answer));
    throw new Refused(answer);
  };
  return {
    beat: async (beat) => {
      const answer = taken<'RecordHeartbeat'>(await board.execute({ type: 'RecordHeartbeat', task_id, run, worker, ...beat }));
      lastBeat = clock.monotonic();
      return answer;
    },
    verdict: async <Type extends TaskCommandType>(command: { readonly type: Type } & CommandInputOf<Type>) => {
      const command_id = randomUUID(); // the same for every try: a lost answer is no second event
      onDeciding?.(true);
      try {
        const answer = taken<Type>(await untilStored(() => board.execute(command, { command_id }), clock));
        settled = true;
        onSettled();
        return answer;
      } finally {
        onDeciding?.(false);
      }
    },
    lastBeat: () => lastBeat,
    settled: () => settled,
  };
};
