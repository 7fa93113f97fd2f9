import type { Board } from '../board/board.ts';
import type { Claimed } from '../domain/task/answers.ts';
import type { CommandInputOf } from '../domain/task/commands.ts';
import { Checkpoint, Result } from '../domain/task/fields.ts';
import type { ExistingTask } from '../domain/task/state.ts';
import type { Clock } from '../platform/clock.ts';
import { abortReasonOf, type AbortReason } from './abortReasons.ts';
import type { ClaimedTask, ClaimHandle, Failure, OpenClaim, PreviousRun } from './claimHandle.ts';
import { milliseconds } from './milliseconds.ts';
import { onlyOutcome } from './outcome.ts';
import { overByState } from './runOver.ts';
import { runSender, type Beat, type RunSender } from './runSender.ts';
import type { RunWatch } from './runWatch.ts';
import { asStored, parsed, type Schema } from './schema.ts';
import { untilStored } from './untilStored.ts';

type Schemas<Input, Kept> = { readonly input?: Schema<Input> | undefined; readonly checkpoint?: Schema<Kept> | undefined };
type OpenClaimParts<Input, Kept> = {
  readonly board: Pick<Board, 'execute' | 'load'>;
  readonly claimed: Claimed;
  readonly watch: RunWatch;
  readonly clock: Clock;
  readonly schemas?: Schemas<Input, Kept>;
  /** Told, perhaps twice, when the run is over or this handle's verdict was stored. */
  readonly onClosed?: () => void;
};

/**
 * The handle of a claim just made; its signal is aborted by the watch. Beats only when told.
 * Rejects with InvalidValue when the task's input does not parse (the run is still open then), and as `Board.load`.
 */
// The signature says what the schemas give; without a schema Input is unknown and the value is passed on as it is.
export function openClaim<Input = unknown, Kept = unknown>(parts: OpenClaimParts<Input, Kept>): Promise<OpenClaim<Input, Kept>>;
export async function openClaim({ board, claimed, watch, clock, schemas = {}, onClosed }: OpenClaimParts<unknown, unknown>): Promise<OpenClaim> {
  const { task_id, run, worker, lease_ms, beat_within_ms } = claimed;
  const aborter = new AbortController();
  const { signal } = aborter;
  // While a verdict of this handle is under way, the log tells of its end too: the verdict's own answer says that, so it aborts nothing.
  let deciding = false;
  const unwatch = watch.add({ task_id, run, onOver: (end) => (deciding ? undefined : abort(abortReasonOf(task_id, run, end))) });
  const leave = (): void => {
    unwatch();
    onClosed?.();
  };
  const abort = (reason: AbortReason): void => {
    aborter.abort(reason);
    leave();
  };
  const state = await untilStored(() => board.load(task_id), clock);
  const over = overByState(state, run);
  if (over !== undefined) abort(abortReasonOf(task_id, run, over));
  if (state.status === 'absent') throw new Error(`${task_id} was claimed and cannot be found`);
  const sender = runSender({ board, claimed, clock, onFenced: abort, onSettled: leave, onDeciding: (underWay) => void (deciding = underWay) });
  const { beat, verdict, lastBeat, settled } = sender;
  try {
    const facts = { task: taskOf(state, schemas.input), previous: previousOf(state, run, schemas.checkpoint) };
    return {
      handle: { task_id, run, worker, lease_ms, beat_within_ms, signal, ...facts, ...verbsOf(claimed, sender, clock, signal) },
      abort,
      giveBack: () => verdict({ type: 'ReleaseClaim', task_id, run, worker, reason: 'shutdown' }),
      beatOnce: () => beat({}).then(yes, no),
      lastBeat,
      settled,
      close: leave,
    };
  } catch (error) {
    leave();
    throw error;
  }
}
const yes = (): boolean => true;
const no = (): boolean => false;

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

const failureOf = (failure: string | Failure): Pick<CommandInputOf<'FailRun'>, 'error' | 'outcome' | 'retry_after_ms'> => {
  if (typeof failure === 'string') return { error: failure };
  const { retry_after, ...said } = failure;
  return retry_after === undefined ? said : { outcome: 'rate_limited', ...said, retry_after_ms: milliseconds(retry_after, 'retry_after') };
};

type Verbs = Pick<ClaimHandle, 'heartbeat' | 'progress' | 'complete' | 'fail' | 'block' | 'release'>;

const verbsOf = ({ task_id, run, worker }: Claimed, { beat, verdict }: RunSender, clock: Clock, signal: AbortSignal): Verbs => {
  const held = { task_id, run, worker };
  const beatOn = (given: Beat) => untilStored(() => beat(given), clock, signal);
  return {
    heartbeat: (given = {}) => beatOn(given),
    progress: async ({ checkpoint, ...rest }) =>
      beatOn({ ...rest, ...(checkpoint === undefined ? {} : { checkpoint: asStored(Checkpoint, checkpoint, 'checkpoint') }) }),
    complete: async (outcome = {}) => {
      onlyOutcome('complete', outcome);
      const { summary, result, artifacts } = outcome;
      const stored = result === undefined ? null : asStored(Result, result, 'result');
      return verdict({ type: 'CompleteTask', ...held, summary: summary ?? null, result: stored, artifacts: [...(artifacts ?? [])] });
    },
    fail: async (failure) => verdict({ type: 'FailRun', ...held, ...failureOf(failure) }),
    block: (kind, reason) => verdict({ type: 'BlockTask', ...held, kind, reason }),
    release: (note) => verdict({ type: 'ReleaseClaim', ...held, reason: 'worker', note: note ?? null }),
  };
};
