import type { BoardState } from '../domain/board/board.ts';
import type { Judge } from '../domain/evidence.ts';
import { taskStream } from '../domain/ids.ts';
import { instantOf } from '../domain/instant.ts';
import type { Started } from '../domain/process.ts';
import type { Accepted, Refusal } from '../domain/task/answers.ts';
import { encodeTaskEvent, foldEvent, noTask, type FoldedTask } from '../domain/task/codec.ts';
import { COMMANDS, type CommandOf, type TaskCommandType } from '../domain/task/commands.ts';
import { decide } from '../domain/task/decide.ts';
import type { TaskEvent } from '../domain/task/events.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Actor, Board, Metadata } from './board.ts';
import { commandOf, envelope, enveloped, type Envelope } from './envelope.ts';
import { invalidInput } from '../domain/invalidInput.ts';
import type { BoardClock, Ids, Look } from './ports.ts';
import { unreadableTask } from './readTaskEvent.ts';
import { recent } from './recent.ts';
import { stateStream, type Decided } from './stream.ts';

/** States kept in memory, about 2 KB each; a task that fell out is folded again from its stream. */
const CACHED_TASKS = 20_000;

/** Events whose command ids are searched for an earlier run of the same command (rule 10). */
const REMEMBERED = 64;

/** Commands that the board's policy or pause bears on: they read its stream first. The others go by what is known of it. */
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
  ReopenTask: false,
};

type Given = {
  readonly store: EventStore;
  readonly board: string;
  readonly actor: Actor;
  readonly surface: string;
  readonly version: string;
  readonly ids: Ids;
  readonly clock: BoardClock;
  readonly look: Look;
  /** The board's own state: `fresh` reads its stream, else the newest known. */
  readonly boardState: (fresh: boolean) => Promise<BoardState>;
};

/** Commands and states of single tasks. */
export const tasks = (given: Given): Pick<Board, 'execute' | 'load'> => {
  const { store, ids, clock, look, boardState, board } = given;
  const states = stateStream<FoldedTask>({ store, initial: noTask, fold: foldEvent, cached: recent(CACHED_TASKS) });

  type Answer<Type extends TaskCommandType> = Accepted[Type] | Refusal;
  type Decision<Type extends TaskCommandType> = { readonly events: readonly TaskEvent[]; readonly answer: Answer<Type> };

  const onState = <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>, folded: FoldedTask, policy: BoardState): Decision<Type> => {
    if (folded.status === 'unreadable') return { events: [], answer: unreadable(command.task_id, folded) };
    if (folded.status !== 'absent' && folded.board !== board) return { events: [], answer: elsewhere(command.task_id, folded.board, board) };
    return decide(type, command, folded, policy);
  };

  /** What an earlier run of this command answered, decided again on the state before its events; a conflict if the body differs. */
  const earlier = async <Type extends TaskCommandType>(
    type: Type,
    command: CommandOf<Type>,
    policy: BoardState,
    sent: Envelope,
  ): Promise<Answer<Type> | undefined> => {
    const stream = taskStream(command.task_id);
    const { command_id, command_hash } = sent.metadata;
    const last = await store.readStream(stream, { direction: 'backwards', limit: REMEMBERED });
    const first = last.findLast((event) => commandOf(event).command_id === command_id);
    if (first === undefined) return undefined;
    if (commandOf(first).command_hash !== command_hash) return conflict(command_id);
    const before = first.revision === 0n ? [] : await store.readStream(stream, { from: 0n, limit: Number(first.revision) });
    const at = first.data['at'];
    const again = typeof at === 'string' ? { ...command, at } : command;
    return onState(type, again, before.reduce(foldEvent, noTask), policy).answer;
  };

  /** What is not the caller's to say: who speaks, and how the processes of this host look at the moment of the decision. */
  const observed = async <Type extends TaskCommandType>(command: CommandOf<Type>, { actor }: Metadata): Promise<(folded: FoldedTask) => CommandOf<Type>> => {
    if (command.type === 'ClaimTask') {
      const lookAt = await look();
      const alive = (child: Started | null) => child !== null && lookAt({ process: null, started: child }).process === 'alive';
      return (folded) => ({ ...command, lingering: 'runs' in folded && folded.runs.some(({ child }) => alive(child)) });
    }
    if (command.type === 'UnblockTask') return () => ({ ...command, by_human: actor.kind === 'human' });
    if (!('force' in command)) return () => command;
    const lookAt = await look();
    const judge: Judge = { kind: 'operator', id: actor.id, version: given.version };
    return (folded) => (folded.status === 'running' ? { ...command, probe: lookAt(folded.run), judge } : command);
  };

  const execute: Board['execute'] = async (input, options = {}) => {
    const { type } = input;
    const parsed = COMMANDS[type].safeParse({ ...input, at: instantOf(clock.now()) });
    if (!parsed.success) return invalidInput(type, parsed.error, input);
    const command = parsed.data;
    const sent = envelope(input, options, given);
    const policy = await boardState(HEEDS_BOARD[type]);
    const onTrueState = await observed<typeof type>(command, sent.metadata);
    const stream = taskStream(command.task_id);
    return states.transact(
      stream,
      (folded): Decided<Answer<typeof type>> => {
        const { events, answer } = onState(type, onTrueState(folded), folded, policy);
        return {
          events: enveloped(stream, events.map(encodeTaskEvent), sent, ids),
          answer,
        };
      },
      sent.chosen ? () => earlier(type, command, policy, sent) : undefined,
    );
  };
  const load: Board['load'] = async (taskId) => {
    const { state } = await states.load(taskStream(taskId));
    if (state.status === 'unreadable') throw unreadableTask(taskId, state.revision, state.type);
    return state;
  };
  return { execute, load };
};

const unreadable = (taskId: string, { revision, type, why }: Extract<FoldedTask, { status: 'unreadable' }>): Refusal => ({
  ok: false,
  code: 'Unreadable',
  message: `${taskId} has an event that this version cannot read (revision ${revision}, ${type}: ${why}); upgrade holdfast`,
  revision,
  type,
});

const elsewhere = (taskId: string, itsBoard: string, thisBoard: string): Refusal => ({
  ok: false,
  code: 'NotFound',
  message: `${taskId} is not on board ${thisBoard} but on ${itsBoard}: give --board ${itsBoard}`,
  board: itsBoard,
});

const conflict = (commandId: string): Refusal => ({
  ok: false,
  code: 'CommandConflict',
  message: `command id ${commandId} was used for another command on this task; nothing was written`,
  command_id: commandId,
});
