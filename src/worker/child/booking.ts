import { randomUUID } from 'node:crypto';
import { instantOf } from '../../domain/instant.ts';
import type { Accepted, Refusal } from '../../domain/task/answers.ts';
import type { CommandInputOf, TaskCommandType } from '../../domain/task/commands.ts';
import { exitText, exitVerdict, type OnZero } from './exitVerdict.ts';
import type { Exit } from './gatedChild.ts';
import type { Cause } from './heldRun.ts';
import type { RetryAfter } from './retryAfter.ts';
import { overByState, type RunOver } from '../runOver.ts';
import { lookAt, type OwnChild, type Stopped } from './stopChild.ts';
import type { Supervised, SupervisedRun, Supervision } from './supervision.ts';
import { untilStored } from '../untilStored.ts';

/** What is known when the child's group is gone, or could not be ended. `cause`: why we stopped it, undefined when it ended by itself. */
export type Ending = {
  readonly cause: Cause | undefined;
  readonly exit: Exit;
  readonly own: OwnChild;
  readonly stopped: Stopped;
  readonly on_zero: OnZero;
  readonly summary: string | null;
  readonly last_output: string | null;
  /** What the child left with exit 75; null: it ended otherwise. */
  readonly retry_after: RetryAfter | null;
};

type Booking = { readonly ending: Ending; readonly run: SupervisedRun; readonly deps: Supervision };
type Ended = Omit<Supervised, 'exit_code' | 'signal' | 'spawn_error'>;

/** How long to wait before a child that outlived its stop is looked at again (ms). */
const LOOK_AGAIN_MS = 1000;

/**
 * Says on the board how the run ended, by the outcome table of design §5.6. What the child itself or the board has decided stands; the
 * stream is read first, so that a child that has just said so is not contradicted. Tries on while the store is out of reach.
 */
export const book = async (ending: Ending, run: SupervisedRun, deps: Supervision): Promise<Supervised> => {
  const { code, signal, spawn_error } = ending.exit;
  return { ...(await booked({ ending, run, deps })), exit_code: code, signal, spawn_error };
};

const booked = async (booking: Booking): Promise<Ended> => {
  const decided = await decidedElsewhere(booking);
  if (decided !== undefined) return decided;
  const { ending, run, deps } = booking;
  if (ending.cause === 'shutdown' && !ending.stopped.stop.confirmed) return end('stop_unconfirmed');
  const answer = ending.cause === 'shutdown' ? await send('ReleaseClaim', { ...held(run), reason: 'shutdown' }, deps) : await bookExit(booking);
  if (answer.ok) return { ended: endedAs(ending), reason: null, ...failureIn(answer) };
  // Refused although the run was open a moment ago: the board has decided meanwhile.
  return (await decidedElsewhere(booking)) ?? end('refused', answer.message);
};

const endedAs = ({ cause, exit, on_zero }: Ending): Ended['ended'] => (cause === 'shutdown' ? 'shutdown' : exitVerdict(exit, on_zero));

const end = (ended: Ended['ended'], reason: string | null = null): Ended => ({ ended, reason, ...NO_FAILURE });

const NO_FAILURE = { gave_up: false, not_before: null } as const;
/** Only the answer to FailRun tells of these. */
const failureIn = (answer: object): Pick<Supervised, 'gave_up' | 'not_before'> => ({
  gave_up: 'gave_up' in answer && answer.gave_up === true,
  not_before: 'not_before' in answer && typeof answer.not_before === 'string' ? answer.not_before : null,
});

const held = ({ task_id, run, worker }: SupervisedRun) => ({ task_id, run, worker });

const bookExit = ({ ending, run, deps }: Booking): Promise<Accepted['CompleteTask'] | Accepted['FailRun'] | Refusal> => {
  const outcome = exitVerdict(ending.exit, ending.on_zero);
  if (outcome === 'completed') return send('CompleteTask', { ...held(run), summary: ending.summary }, deps);
  const { code, signal } = ending.exit;
  const { problem = null, retry_after_ms = null } = ending.retry_after ?? {};
  const error = [exitText(ending.exit), problem].filter((part) => part !== null).join('; ');
  const failure = { outcome, error, exit_code: code, signal, last_output: ending.last_output, ...(retry_after_ms === null ? {} : { retry_after_ms }) };
  return send('FailRun', { ...held(run), ...failure }, deps);
};

/** The end that the child or the board has decided on, a revocation brought to its end; undefined while the run is ours. */
const decidedElsewhere = async (booking: Booking): Promise<Ended | undefined> => {
  const over = await overNow(booking);
  if (over === undefined) return undefined;
  if (over.how === 'verdict') return end('own_verdict', over.reason);
  if (over.how === 'revoked') await reportStop(booking);
  return end('reclaimed', over.reason);
};

const overNow = async ({ run, deps }: Booking): Promise<RunOver | undefined> =>
  overByState(await untilStored(() => deps.board.load(run.task_id), deps.clock), run.run);

/** Reports the stop of a revoked run; again when what survived it is gone, unless the watchdog or a person was first, or we are to end. */
const reportStop = async (booking: Booking): Promise<void> => {
  const { ending, run, deps } = booking;
  let { stop, survivors } = ending.stopped;
  for (;;) {
    const probe = lookAt(ending.own, deps);
    const judge = { kind: 'supervisor' as const, id: run.worker, version: deps.version };
    const answer = await send('ReportStop', { task_id: run.task_id, run: run.run, stop, survivors: [...survivors], probe, judge }, deps);
    if (!answer.ok || answer.verdict !== 'deferred') return;
    while (lookAt(ending.own, deps).process !== 'dead') {
      await deps.clock.sleep(LOOK_AGAIN_MS, deps.shutdown);
      if (deps.shutdown?.aborted === true || (await overNow(booking))?.how !== 'revoked') return;
    }
    survivors = [];
    stop = { ...stop, confirmed: true, gone_at: instantOf(deps.clock.now()) };
  }
};

const send = <Type extends TaskCommandType>(type: Type, command: CommandInputOf<Type>, { board, clock }: Supervision): Promise<Accepted[Type] | Refusal> => {
  const command_id = randomUUID(); // the same for every try: a lost answer is no second event
  return untilStored(() => board.execute({ type, ...command }, { command_id }), clock);
};
