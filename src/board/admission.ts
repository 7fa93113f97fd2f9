import type { BoardState } from '../domain/board/board.ts';
import { capsInForce, capText, nameOf, overCap, OverCap } from '../domain/caps.ts';
import { taskStream } from '../domain/ids.ts';
import type { Refusal } from '../domain/task/answers.ts';
import type { CommandOf, TaskCommand } from '../domain/task/commands.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Board } from './board.ts';
import type { Envelope } from './envelope.ts';
import type { Admissions } from './ports.ts';

type Given = {
  readonly store: EventStore;
  readonly board: string;
  readonly admissions: () => Promise<Admissions>;
  readonly execute: Board['execute'];
};
type Claim = { readonly task_id: string; readonly run: number; readonly worker: string };

type Admission = {
  /** Why the claim would be over a cap as things stand, so that nothing is written in vain; undefined: it would not. Reads nothing where no cap is in force. */
  readonly full: (command: CommandOf<'ClaimTask'>, board: BoardState) => Promise<Refusal | undefined>;
  /** Confirms a claim that was stored under caps: undefined when it is admitted; otherwise it was given back, nothing having begun, and this is why. */
  readonly over: (claim: object, sent: Envelope) => Promise<Refusal | undefined>;
};

/** Rule 11: claim, then confirm by reading the log to that place. */
export const admission = ({ store, board, admissions, execute }: Given): Admission => {
  const atCap = (over: OverCap, claim?: Claim): Refusal => ({
    ok: false,
    code: 'AtCap',
    message: `At a cap: ${capText(over, board)}; claim when one of them has ended.`,
    ...over,
    ...(claim && { task_id: claim.task_id, run: claim.run }),
  });

  const giveBack = async (claim: Claim, over: OverCap, { metadata }: Envelope): Promise<Refusal> => {
    const { actor, command_id, correlation_id = command_id } = metadata;
    const { task_id, run, worker } = claim;
    // If this is refused, somebody has taken the run back meanwhile. Either way it was never admitted.
    await execute(
      { type: 'ReleaseClaim', task_id, run, worker, reason: 'over_cap', note: capText(over, board), over_cap: over },
      { actor, correlation_id, causation_id: command_id },
    );
    return atCap(over, claim);
  };

  /** The run is over already: taken back while nobody confirmed it, or, under a chosen command id, ended long ago. */
  const ended = async (claim: Claim, { chosen }: Envelope): Promise<Refusal | undefined> => {
    const { task_id, run } = claim;
    const history = await store.readStream(taskStream(task_id));
    const release = history.find(({ type, data }) => type === 'ClaimReleased' && data['run'] === run);
    const over = OverCap.safeParse(release?.data['over_cap']);
    if (over.success) return atCap(over.data, claim);
    if (chosen) return undefined;
    const message = `Run ${run} of ${task_id} was over before it was known to be within the caps: claim again.`;
    return { ok: false, code: 'NotClaimable', message, task_id, run };
  };

  return {
    full: async (command, state) => {
      const caps = capsInForce(command, state);
      if (caps === undefined) return undefined;
      const name = nameOf(command);
      const over = overCap(caps, name, await (await admissions()).openRuns(name));
      return over === null ? undefined : atCap(over);
    },
    over: async (answer, sent) => {
      if (!isOfRun(answer)) return undefined;
      const open = await (await admissions()).openRun(answer.task_id);
      if (open?.run !== answer.run) return ended(answer, sent);
      return open.over === null ? undefined : giveBack(answer, open.over, sent);
    },
  };
};

/** Tells a claim among commands of any type. */
export const isClaim = (command: TaskCommand): command is CommandOf<'ClaimTask'> => command.type === 'ClaimTask';

const isOfRun = (answer: object): answer is Claim => 'run' in answer && 'task_id' in answer && 'worker' in answer;
