import { randomUUID } from 'node:crypto';
import type { Board } from '../board/board.ts';
import type { Accepted, Claimed, Refusal } from '../domain/task/answers.ts';
import type { CommandInputOf, TaskCommandType } from '../domain/task/commands.ts';
import { Checkpoint, Result } from '../domain/task/fields.ts';
import type { ExistingTask } from '../domain/task/state.ts';
import type { Clock } from '../platform/clock.ts';
import { abortReasonOf, Cancelled, StaleRun, type AbortReason } from './abortReasons.ts';
import type { ClaimHandle, ClaimedTask, OpenClaim, PreviousRun } from './claimHandle.ts';
import { Refused } from './refused.ts';
import { overByState } from './runOver.ts';
import type { RunWatch } from './runWatch.ts';
import { asStored, parsed, type Schema } from './schema.ts';
import { untilStored } from './untilStored.ts';

export type Schemas<Input, Kept> = { readonly input?: Schema<Input> | undefined; readonly checkpoint?: Schema<Kept> | undefined };
export type ClaimHandleParts<Input, Kept> = {
  readonly board: Pick<Board, 'execute' | 'load'>;
  readonly claimed: Claimed;
  readonly watch: RunWatch;
  readonly clock: Clock;
  readonly schemas?: Schemas<Input, Kept>;
};

/**
 * The handle of a claim just made; its signal is aborted by the watch. Beats only when told.
 * Rejects with InvalidValue when the task's input does not parse (the run is still open then), and as `Board.load`.
 */
export const claimHandle = async <Input = unknown, Kept = unknown>(parts: ClaimHandleParts<Input, Kept>): Promise<ClaimHandle<Input, Kept>> =>
  (await openClaim(parts)).handle;

// The signature says what the schemas give; without a schema Input is unknown and the value is passed on as it is.
export function openClaim<Input, Kept>(parts: ClaimHandleParts<Input, Kept>): Promise<OpenClaim<Input, Kept>>;
export async function openClaim({ board, claimed, watch, clock, schemas = {} }: ClaimHandleParts<unknown, unknown>): Promise<OpenClaim> {
  const { task_id, run, worker, lease_ms, beat_within_ms } = claimed;
  const abort = new AbortController();
  const over = (reason: AbortReason): void => {
    abort.abort(reason);
    leave();
  };
  const leave = watch.add({ task_id, run, onOver: (end) => over(abortReasonOf(task_id, run, end)) });
  const state = await untilStored(() => board.load(task_id), clock);
  const gone = overByState(state, run);
  if (gone !== undefined) over(abortReasonOf(task_id, run, gone));
  if (state.status === 'absent') throw new Error(`${task_id} was claimed and cannot be found`);
  const verbs = claimVerbs({ board, claimed, clock, over, leave });
  const handle = { task_id, run, worker, lease_ms, beat_within_ms, signal: abort.signal, ...verbs.handle };
  try {
    const task = taskOf(state, schemas.input);
    return { ...verbs, abort: over, close: leave, handle: { ...handle, task, previous: previousOf(state, run, schemas.checkpoint) } };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Why a refused command says that the run is over. */
const fenced = (taskId: string, run: number, { message, ...facts }: Refusal): StaleRun | Cancelled => {
  const reason = typeof facts['reason'] === 'string' ? facts['reason'] : message;
  return reason === 'cancelled' ? new Cancelled(taskId, null) : new StaleRun(taskId, run, reason);
};

const taskOf = (state: ExistingTask, schema: Schema<unknown> | undefined): ClaimedTask<unknown> => ({ ...state, input: parsed(schema, state.input, 'input') });

/** A checkpoint that does not parse (left by another version of the worker) counts as none: the run starts over rather than fails. */
const previousOf = (state: ExistingTask, run: number, schema: Schema<unknown> | undefined): readonly PreviousRun<unknown>[] =>
  state.runs
    .filter((ended) => ended.run < run)
    .map((ended) => {
      const { checkpoint } = ended.progress;
      const outcome = schema?.safeParse(checkpoint) ?? { success: true, data: checkpoint };
      return { ...ended, checkpoint: checkpoint === null || !outcome.success ? undefined : outcome.data };
    });

type VerbParts = {
  readonly board: Pick<Board, 'execute'>;
  readonly claimed: Claimed;
  readonly clock: Clock;
  readonly over: (reason: AbortReason) => void;
  readonly leave: () => void;
};
type Verbs = Pick<ClaimHandle, 'heartbeat' | 'progress' | 'complete' | 'fail' | 'block' | 'release'>;

const claimVerbs = ({ board, claimed, clock, over, leave }: VerbParts): { readonly handle: Verbs } & Pick<OpenClaim, 'giveBack' | 'lastBeat' | 'settled'> => {
  const { task_id, run, worker } = claimed;
  const held = { task_id, run, worker };
  let lastBeat = clock.monotonic();
  let settled = false;

  const taken = <Type extends TaskCommandType>(answer: Accepted[Type] | Refusal): Accepted[Type] => {
    if (answer.ok) return answer;
    if (answer.code === 'StaleRun') over(fenced(task_id, run, answer));
    throw new Refused(answer);
  };
  const beat = async (command: Omit<CommandInputOf<'RecordHeartbeat'>, 'task_id' | 'run' | 'worker'>): Promise<Accepted['RecordHeartbeat']> => {
    const answer = taken<'RecordHeartbeat'>(await board.execute({ type: 'RecordHeartbeat', ...held, ...command }));
    lastBeat = clock.monotonic();
    return answer;
  };
  const verdict = async <Type extends TaskCommandType>(command: { readonly type: Type } & CommandInputOf<Type>): Promise<Accepted[Type]> => {
    const command_id = randomUUID();
    const answer = taken<Type>(await untilStored(() => board.execute(command, { command_id }), clock));
    settled = true;
    leave();
    return answer;
  };
  return {
    lastBeat: () => lastBeat,
    settled: () => settled,
    giveBack: () => verdict({ type: 'ReleaseClaim', ...held, reason: 'shutdown' }),
    handle: {
      heartbeat: (given = {}) => beat(given),
      progress: async ({ checkpoint, ...rest }) =>
        beat({ ...rest, ...(checkpoint === undefined ? {} : { checkpoint: asStored(Checkpoint, checkpoint, 'checkpoint') }) }),
      complete: async ({ summary, result, artifacts } = {}) =>
        verdict({
          type: 'CompleteTask',
          ...held,
          summary: summary ?? null,
          result: result === undefined ? null : asStored(Result, result, 'result'),
          artifacts: [...(artifacts ?? [])],
        }),
      fail: (failure) => verdict({ type: 'FailRun', ...held, ...(typeof failure === 'string' ? { error: failure } : failure) }),
      block: (kind, reason) => verdict({ type: 'BlockTask', ...held, kind, reason }),
      release: (note) => verdict({ type: 'ReleaseClaim', ...held, reason: 'worker', note: note ?? null }),
    },
  };
};
