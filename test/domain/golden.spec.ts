import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import { BoardEvent, WatchdogEvent } from '../../src/domain/board/board.ts';
import { encodeBoardEvent, encodeWatchdogEvent, parseBoardEvent, parseWatchdogEvent } from '../../src/domain/board/codec.ts';
import { evolveBoard, noBoard } from '../../src/domain/board/evolve.ts';
import type { Unreadable, Wire } from '../../src/domain/codec.ts';
import { encodeTaskEvent, foldTask, parseTaskEvent } from '../../src/domain/task/codec.ts';
import { TaskEvent } from '../../src/domain/task/events.ts';

// One full example of every wire type that was ever written. They are never edited: what they say is in somebody's log.
const folder = new URL('../golden/', import.meta.url);
const Stored = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) });
const golden = (type: string): Wire => Stored.parse(JSON.parse(readFileSync(new URL(`${type}.json`, folder), 'utf8')));
const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
/** `Type~what.json` is a second example, with fields that the first was written without. */
const typeOf = (file: string): string => file.replace(/~.*$/, '');

/** What must have happened before, and the status that the event leads to. */
const TASK_STORIES: Readonly<Record<string, { readonly before: readonly string[]; readonly status: string }>> = {
  TaskCreated: { before: [], status: 'ready' },
  TaskEdited: { before: ['TaskCreated'], status: 'ready' },
  TaskAssigned: { before: ['TaskCreated'], status: 'ready' },
  CommentAdded: { before: ['TaskCreated'], status: 'ready' },
  TaskClaimed: { before: ['TaskCreated'], status: 'running' },
  WorkerStarted: { before: ['TaskCreated', 'TaskClaimed'], status: 'running' },
  HeartbeatRecorded: { before: ['TaskCreated', 'TaskClaimed'], status: 'running' },
  ClaimExtended: { before: ['TaskCreated', 'TaskClaimed'], status: 'running' },
  RunRevoked: { before: ['TaskCreated', 'TaskClaimed', 'WorkerStarted'], status: 'running' },
  ReclaimDeferred: { before: ['TaskCreated', 'TaskClaimed', 'WorkerStarted', 'RunRevoked'], status: 'running' },
  TaskReclaimed: { before: ['TaskCreated', 'TaskClaimed', 'WorkerStarted', 'RunRevoked'], status: 'ready' },
  ClaimReleased: { before: ['TaskCreated', 'TaskClaimed'], status: 'ready' },
  RunFailed: { before: ['TaskCreated', 'TaskClaimed'], status: 'ready' },
  TaskGaveUp: { before: ['TaskCreated', 'TaskClaimed', 'RunFailed'], status: 'blocked' },
  TaskCompleted: { before: ['TaskCreated', 'TaskClaimed'], status: 'done' },
  TaskBlocked: { before: ['TaskCreated', 'TaskClaimed'], status: 'blocked' },
  TaskEscalated: { before: ['TaskCreated', 'TaskClaimed', 'TaskBlocked'], status: 'triage' },
  TaskUnblocked: { before: ['TaskCreated', 'TaskClaimed', 'TaskBlocked'], status: 'ready' },
  TaskArchived: { before: ['TaskCreated'], status: 'archived' },
  TaskReopened: { before: ['TaskCreated', 'TaskArchived'], status: 'ready' },
  TaskLinked: { before: ['TaskCreated'], status: 'ready' },
  TaskUnlinked: { before: ['TaskCreated', 'TaskLinked'], status: 'ready' },
  TaskPromoted: { before: ['TaskCreated', 'TaskLinked', 'TaskDemoted'], status: 'ready' },
  TaskDemoted: { before: ['TaskCreated', 'TaskLinked'], status: 'todo' },
  TaskScheduled: { before: ['TaskCreated'], status: 'scheduled' },
  StaleCommandRefused: { before: ['TaskCreated', 'TaskClaimed', 'TaskReclaimed'], status: 'ready' },
};
const typesOf = (options: readonly { readonly shape: { readonly type: { readonly value: string } } }[]): readonly string[] =>
  options.map(({ shape }) => shape.type.value);
const [tasks, boards, watchdogs] = [typesOf(TaskEvent.options), typesOf(BoardEvent.options), typesOf(WatchdogEvent.options)];

const readable = <Event extends object>(event: Event | Unreadable): Event => {
  if ('unreadable' in event) throw new Error(`unreadable: ${JSON.stringify(event)}`);
  return event;
};
/** Parsed with its schema and written again: byte for byte the same, keys in their order. */
const again = (file: string): string => {
  const wire = golden(file);
  const type = typeOf(file);
  if (tasks.includes(type)) return JSON.stringify(encodeTaskEvent(readable(parseTaskEvent(wire))).data);
  if (boards.includes(type)) return JSON.stringify(encodeBoardEvent(readable(parseBoardEvent(wire))).data);
  return JSON.stringify(encodeWatchdogEvent(readable(parseWatchdogEvent(wire))).data);
};

describe('the golden files', () => {
  it('are there for every event', () =>
    expect(files.filter((file) => file === typeOf(file)).toSorted()).toEqual([...tasks, ...boards, ...watchdogs].toSorted()));

  it.each(files)('%s parses and is written again identically', (type) => expect(again(type)).toBe(JSON.stringify(golden(type).data)));

  it.each(tasks)('%s folds', (type) => {
    const story = TASK_STORIES[type];
    if (story === undefined) throw new Error(`no story for ${type}`);
    const state = foldTask([...story.before, type].map(golden));
    expect(state).toMatchObject({ status: story.status, revision: story.before.length });
  });

  it('fold to a board', () => {
    expect(boards.map(golden).reduce(evolveBoard, noBoard('nightly'))).toMatchObject({
      revision: 3,
      unreadable: null,
      paused: null,
      policy: { claim_ttl_ms: 60_000 },
    });
  });
});
