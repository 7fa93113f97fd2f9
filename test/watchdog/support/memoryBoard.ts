import { randomUUID } from 'node:crypto';
import { Observable } from 'rxjs';
import type { Board } from '../../../src/board/board.ts';
import { createBoard } from '../../../src/board/createBoard.ts';
import type { Ids } from '../../../src/board/ports.ts';
import { watchdogRecord } from '../../../src/board/watchdogRecord.ts';
import type { WatchdogEvent } from '../../../src/domain/board/board.ts';
import { decodeWatchdogEvent } from '../../../src/domain/board/codec.ts';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import { NOT_LOOKED } from '../../../src/domain/process.ts';
import { memoryEventStore } from '../../../src/eventstore/memory/memoryEventStore.ts';
import { START, type EventStore, type RecordedEvent } from '../../../src/eventstore/port.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { digest, uuid, uuidBeside, uuidOf } from '../../../src/platform/ids.ts';
import type { WatchdogOptions } from '../../../src/watchdog/ports.ts';
import type { ClaimBatch } from '../../../src/projections/changes.ts';
import { toldOf } from '../../../src/projections/crashesTold.ts';
import { foldChanges } from '../../../src/projections/claims.ts';

/** The board on the store in memory, with what a watchdog needs; claims come straight from the log, without rows. */
export type MemoryBoard = Pick<Board, 'execute' | 'load' | 'history' | 'state'> & {
  readonly recorded: () => Promise<readonly WatchdogEvent[]>;
  readonly record: (event: WatchdogEvent) => Promise<void>;
  readonly changes$: Observable<ClaimBatch>;
  readonly pause: WatchdogOptions['pause'];
  readonly change: Board['change'];
  readonly policy: (set: PolicyValues) => Promise<unknown>;
};

const ids: Ids = {
  command: uuid,
  event: (stream, command, index) => uuidOf(`${stream}/${command}/${index}`),
  eventOfFresh: uuidBeside,
  digest,
  task: () => randomUUID(),
  taskOf: (board, key) => `${board}/${key}`,
};

type Options = { readonly clock: Clock; readonly store?: EventStore; readonly store_policy?: PolicyValues };

export const memoryBoard = ({ clock, store = memoryEventStore(), store_policy = {} }: Options): MemoryBoard => {
  const { execute, load, history, state, change } = createBoard({
    store,
    name: 'main',
    actor: { kind: 'human', id: 'ana' },
    surface: 'spec',
    store_policy,
    version: '0.1.0',
    ids,
    clock,
    ready: {
      next: async () => undefined,
      lookAgain: async () => undefined,
      waiting: async () => ({ counts: {}, until: null }),
      wake: async () => false,
      head: () => store.head(),
      claimedBy: async () => undefined,
    },
    admissions: async () => ({ openRuns: async () => ({ board: 0, assignee: 0 }), openRun: async () => undefined }),
    look: async () => () => NOT_LOOKED,
  });
  return {
    execute,
    load,
    history,
    state,
    pause: change,
    change,
    ...watchdogRecord({ store, board: 'main', ids }),
    changes$: changesOf(store),
    policy: async (set) => {
      await change({ type: 'CreateBoard', board: 'main' });
      return change({ type: 'ChangePolicy', set });
    },
  };
};

const changesOf = (store: EventStore): Observable<ClaimBatch> =>
  new Observable((subscriber) => {
    const stop = new AbortController();
    const pump = async () => {
      for await (const message of store.subscribe({ after: START, signal: stop.signal })) {
        const events = message.kind === 'events' ? message.events : [];
        const policy_changed = events.some(({ stream }) => stream === 'board-main');
        const holds = events.flatMap(holdOf);
        subscriber.next({
          position: message.position,
          policy_changed,
          caught_up: message.kind === 'caught_up',
          changes: foldChanges(events),
          holds,
          crashes: toldOf(events, 'main'),
        });
      }
    };
    pump().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => stop.abort();
  });

const holdOf = (event: RecordedEvent): readonly WatchdogEvent[] => {
  const decoded = event.stream === 'watchdog-main' ? decodeWatchdogEvent(event) : undefined;
  return decoded === undefined || 'unreadable' in decoded ? [] : [decoded];
};
