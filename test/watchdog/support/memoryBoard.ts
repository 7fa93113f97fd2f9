import { randomUUID } from 'node:crypto';
import { Observable } from 'rxjs';
import type { BoardState, WatchdogEvent } from '../../../src/domain/board/board.ts';
import { decodeWatchdogEvent } from '../../../src/domain/board/codec.ts';
import { noBoard } from '../../../src/domain/board/evolve.ts';
import { taskStream, watchdogStream } from '../../../src/domain/ids.ts';
import { instantOf } from '../../../src/domain/instant.ts';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import type { Accepted, Refusal } from '../../../src/domain/task/answers.ts';
import { decodeTaskEvent, foldTask } from '../../../src/domain/task/codec.ts';
import { COMMANDS, type CommandInputOf, type TaskCommandType } from '../../../src/domain/task/commands.ts';
import { decide } from '../../../src/domain/task/decide.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import type { TaskState } from '../../../src/domain/task/state.ts';
import { WrongExpectedRevision } from '../../../src/eventstore/errors.ts';
import { memoryEventStore } from '../../../src/eventstore/memory/memoryEventStore.ts';
import { START, type RecordedEvent } from '../../../src/eventstore/port.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import type { ClaimBatch } from '../../../src/projections/changes.ts';
import { foldChanges } from '../../../src/projections/claims.ts';

export type Execute = <Type extends TaskCommandType>(
  command: { readonly type: Type } & CommandInputOf<Type>,
  options?: { readonly command_id?: string },
) => Promise<Accepted[Type] | Refusal>;

/** The true decider on the store in memory: load, decide, append, and decide again when somebody was first. */
export type MemoryBoard = {
  readonly execute: Execute;
  readonly load: (taskId: string) => Promise<TaskState>;
  readonly events: (taskId: string) => Promise<readonly TaskEvent[]>;
  readonly state: () => Promise<BoardState>;
  readonly recorded: () => Promise<readonly WatchdogEvent[]>;
  readonly record: (event: WatchdogEvent) => Promise<void>;
  readonly changes$: Observable<ClaimBatch>;
  readonly policy: (values: PolicyValues) => void;
};

const readable = (event: RecordedEvent): readonly TaskEvent[] => {
  const decoded = decodeTaskEvent(event);
  return 'unreadable' in decoded ? [] : [decoded];
};

const isHold = (event: RecordedEvent): readonly WatchdogEvent[] => {
  const decoded = event.stream.startsWith('watchdog-') ? decodeWatchdogEvent(event) : undefined;
  return decoded === undefined || 'unreadable' in decoded ? [] : [decoded];
};

export const memoryBoard = ({ clock, policy: initial = {} }: { readonly clock: Clock; readonly policy?: PolicyValues }): MemoryBoard => {
  const store = memoryEventStore();
  let board: BoardState = { ...noBoard('main'), exists: true, policy: initial, revision: 0 };
  const watchdogs = watchdogStream('main');

  const append = async (stream: string, events: readonly { readonly type: string; readonly data: object }[], at: number): Promise<boolean> => {
    const prepared = events.map(({ type, data }) => ({ id: randomUUID(), type, data: { ...data }, metadata: {} }));
    try {
      await store.append(stream, prepared, at < 0 ? 'no_stream' : BigInt(at));
      return true;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
  };
  const load = async (taskId: string): Promise<TaskState> => {
    const state = foldTask(await store.readStream(taskStream(taskId)));
    if (state.status === 'unreadable') throw new Error(state.why);
    return state;
  };
  const execute: Execute = async (input) => {
    const command = COMMANDS[input.type].parse({ ...input, at: instantOf(clock.now()) });
    for (;;) {
      const state = await load(command.task_id);
      const { events, answer } = decide(input.type, command, state, board);
      if (events.length === 0 || (await append(taskStream(command.task_id), events, state.revision))) return answer;
    }
  };
  const batches = async function* (signal: AbortSignal): AsyncGenerator<ClaimBatch> {
    for await (const message of store.subscribe({ after: START, signal })) {
      const events = message.kind === 'events' ? message.events : [];
      const of = { position: message.position, policy_changed: false, caught_up: message.kind === 'caught_up' };
      yield { ...of, changes: foldChanges(events), holds: events.flatMap(isHold) };
    }
  };
  return {
    execute,
    load,
    events: async (taskId) => (await store.readStream(taskStream(taskId))).flatMap(readable),
    state: async () => board,
    recorded: async () => (await store.readStream(watchdogs)).flatMap(isHold),
    record: async (event) => {
      while (!(await append(watchdogs, [event], (await store.readStream(watchdogs)).length - 1)));
    },
    changes$: new Observable((subscriber) => {
      const stop = new AbortController();
      const pump = async () => {
        for await (const batch of batches(stop.signal)) subscriber.next(batch);
      };
      pump().then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => stop.abort();
    }),
    policy: (policy) => {
      board = { ...board, policy, revision: board.revision + 1 };
    },
  };
};
