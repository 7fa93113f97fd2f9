import { taskStream } from '../domain/ids.ts';
import { instantOf, type Instant } from '../domain/instant.ts';
import type { Refusal } from '../domain/task/answers.ts';
import { encodeTaskEvent, foldEvent, noTask, type FoldedTask } from '../domain/task/codec.ts';
import { COMMANDS, type TaskCommandType } from '../domain/task/commands.ts';
import { commandSchema } from '../domain/task/commandSchema.ts';
import type { EventStore } from '../eventstore/port.ts';
import { admission, isClaim } from './admission.ts';
import type { Actor, Board, Execute, ExecuteOptions } from './board.ts';
import type { OwnBoard } from './ownBoard.ts';
import { envelope, enveloped, senderOf } from './envelope.ts';
import { asksForParents, NOBODY, withFamily, type Family } from './family.ts';
import { firstAnswer } from './firstAnswer.ts';
import { isLink, letsWait, LOOK_AGAIN, relativesOf, untilCovered } from './relatives.ts';
import { invalidInput } from '../domain/invalidInput.ts';
import type { Admissions, BoardClock, Ids, Look, Nominated } from './ports.ts';
import { unreadableTask } from './readTaskEvent.ts';
import { observer } from './observer.ts';
import { onState, type Answer } from './onState.ts';
import { recent } from './recent.ts';
import { stateStream, type Decided, type Folded } from './stream.ts';

/** States kept in memory, 2 KB each for small tasks and 200 KB for the largest; a task that fell out is folded again from its stream. */
const CACHED_TASKS = 4096;

/** Whether the board's policy or pause bears on a command. If so its stream is read first; the others use what is known of it. */
const HEEDS_BOARD: { readonly [Type in TaskCommandType]: boolean } = {
  CreateTask: true,
  ClaimTask: true,
  ExtendClaim: true,
  FailRun: true,
  JudgeRun: true,
  ReportStop: true,
  AssignTask: true,
  ReclaimTask: true,
  CancelTask: true,
  ArchiveTask: true,
  EditTask: false,
  AddComment: false,
  RecordWorkerStarted: false,
  RecordHeartbeat: false,
  CompleteTask: false,
  BlockTask: false,
  UnblockTask: false,
  ReleaseClaim: false,
  ReopenTask: true,
  LinkTask: false,
  UnlinkTask: false,
  PromoteTask: false,
  DemoteTask: false,
  ScheduleTask: false,
};

type Given = {
  readonly store: EventStore;
  readonly board: string;
  readonly actor: Actor;
  readonly surface: string;
  readonly version: string;
  readonly ids: Ids;
  readonly clock: BoardClock;
  readonly admissions: () => Promise<Admissions>;
  readonly look: Look;
  readonly own: Pick<OwnBoard, 'state' | 'known' | 'statesBefore'>;
};

/** The command with the instant of now, whatever `at` the caller gave. Not `{ ...input, at }`: V8 takes twenty times as long to add a field to a copy. */
const stamped = (input: object, at: Instant): object => Object.assign({ at }, input, { at });

export type Tasks = Pick<Board, 'load'> & {
  /** As that of the board. `as_of`: the caller has just looked at the log, which ended there, so policy and pause need not be newer. Default: they are read anew. */
  readonly execute: Execute<ExecuteOptions & Partial<Pick<Nominated, 'as_of'>>>;
  /**
   * Before a claim: if the task is not cached yet, reads it together with those that will probably be claimed next. After a wait for the disk a single
   * read costs as much as two or three reads in a row. A read that fails is ignored here; the claim itself will meet the same failure.
   */
  readonly readAhead: (nominated: Pick<Nominated, 'task_id' | 'ahead'>) => Promise<void>;
};

/** Commands and states of single tasks. */
export const tasks = (given: Given): Tasks => {
  const { store, ids, clock, own } = given;
  const cached = recent<Folded<FoldedTask>>(CACHED_TASKS);
  const states = stateStream<FoldedTask>({ store, initial: noTask, fold: foldEvent, cached });
  const earlier = firstAnswer(given);
  const caps = admission({ ...given, execute: (...release) => execute(...release) });
  const observe = observer(given);
  const from = { ids, board: given.board, sender: senderOf(given) };
  const relatives = relativesOf({
    store,
    load: async (id) => (await states.load(taskStream(id))).state,
    known: async (id) => (await states.peek(taskStream(id))).state,
    execute: (...command) => execute(...command),
  });

  const execute: Tasks['execute'] = async (input, options = {}) => {
    const { type } = input;
    if (!Object.hasOwn(COMMANDS, type)) return noSuchCommand(type);
    const parsed = commandSchema(type).safeParse(stamped(input, instantOf(clock.now())));
    if (!parsed.success) return invalidInput(type, parsed.error, input);
    const command = parsed.data;
    const sent = envelope(input, options, from);
    const board = (HEEDS_BOARD[type] ? undefined : own.known()) ?? (await own.state(options.as_of));
    const look = observe(type, command, sent.metadata);
    const seen = typeof look === 'function' ? look : await look;
    const stream = taskStream(command.task_id);
    const full = isClaim(command) ? await caps.full(command, board) : undefined;
    const once = (family: Family): Promise<Answer<typeof type>> =>
      states.transact(
        stream,
        (folded): Decided<Answer<typeof type>, FoldedTask> => {
          if (!family.covers(folded)) return { events: [], answer: LOOK_AGAIN };
          // Decided again after somebody else was first, it happens now, not before what they did.
          const at = instantOf(clock.now());
          const now = seen(at === command.at ? command : { ...command, at }, folded);
          const { events, answer, after } = onState(type, withFamily(now, family), folded, board);
          if (full !== undefined && answer.ok) return { events: [], answer: full };
          return { events: enveloped(stream, events.map(encodeTaskEvent), sent, ids), answer, after };
        },
        sent.chosen ? () => earlier(type, command, sent) : undefined,
      );
    const answered = asksForParents(command) ? await untilCovered(() => relatives.look(type, command), once) : await once(NOBODY);
    if (answered.ok && 'caps' in answered) return (await caps.over(answered, sent)) ?? answered;
    const final: Answer<typeof type> = (isLink(command) && answered.ok ? await relatives.lookOnceMore(command) : undefined) ?? answered;
    if (asksForParents(command) && letsWait(final)) await relatives.promoteOvertaken(command.task_id);
    return final;
  };
  const load: Board['load'] = async (taskId) => {
    const { state } = await states.load(taskStream(taskId));
    if (state.status === 'unreadable') throw unreadableTask(taskId, state.revision, state.type);
    return state;
  };
  const readAhead: Tasks['readAhead'] = async ({ task_id, ahead }) => {
    if (cached.get(taskStream(task_id)) !== undefined) return;
    await Promise.allSettled([task_id, ...ahead()].map((id) => states.peek(taskStream(id))));
  };
  return { execute, load, readAhead };
};

const noSuchCommand = (type: unknown): Refusal => {
  const problem = `there is no such command; there are ${Object.keys(COMMANDS).join(', ')}`;
  return { ok: false, code: 'InvalidInput', message: `type: ${problem}`, issues: [{ field: 'type', given: type, problem }] };
};
