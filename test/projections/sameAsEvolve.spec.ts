import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { noTask } from '../../src/domain/task/codec.ts';
import type { TaskCommandType } from '../../src/domain/task/commands.ts';
import { TaskEvent } from '../../src/domain/task/events.ts';
import type { TaskState } from '../../src/domain/task/state.ts';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { parentsOf } from '../../src/projections/dependencies.ts';
import { getTask, runsOf } from '../../src/projections/lists.ts';
import { openReadModel } from '../../src/projections/readModel.ts';
import { boardOf, decided } from '../support/given.ts';
import type { Said } from '../support/given.ts';
import { host, PARENT, parentSeen, probes, second, started, stopped, TASK, watchdog } from '../support/told.ts';

const clock = systemClock();
let store: EventStore;
beforeEach(() => {
  store = memoryEventStore();
});
afterEach(() => store.close());

type Step = { readonly which: number; readonly wait: number; readonly stale: boolean; readonly seen: number };
const steps = fc.array(fc.record({ which: fc.nat(), wait: fc.integer({ min: 0, max: 1500 }), stale: fc.boolean(), seen: fc.nat() }), {
  maxLength: 60,
  size: 'max',
});

/** Every command there is, said by whoever holds the task, or by the run before. */
const COMMANDS_AT: readonly ((at: string, run: number, step: Step) => Said<TaskCommandType>)[] = [
  (at) => ({ type: 'ClaimTask', at, worker: 'ada', process: { ...host, pid: 7, started_at: '1' } }),
  (at) => ({ type: 'ClaimTask', at, worker: 'ada', lease_ms: 60_000 }),
  (at, run) => ({ type: 'RecordWorkerStarted', at, run, worker: 'ada', ...started }),
  (at, run, { wait }) => ({ type: 'RecordHeartbeat', at, run, worker: 'ada', note: `n${wait}`, percent: wait % 100 }),
  (at, run) => ({ type: 'RecordHeartbeat', at, run, worker: 'ada', source: 'activity', lease_ms: 90_000 }),
  (at, run) => ({ type: 'ExtendClaim', at, run, worker: 'ada', probe: probes.alive, judge: watchdog }),
  (at, run) => ({ type: 'CompleteTask', at, run, worker: 'ada' }),
  (at, run) => ({ type: 'FailRun', at, run, worker: 'ada', error: 'exit 1', exit_code: 1 }),
  (at, run) => ({ type: 'FailRun', at, run, worker: 'ada', error: 'busy', outcome: 'rate_limited' }),
  (at, run, { seen }) => ({ type: 'BlockTask', at, run, worker: 'ada', reason: 'why', kind: seen % 2 === 0 ? 'dependency' : 'needs_input' }),
  (at) => ({ type: 'UnblockTask', at, by_human: true }),
  (at, run) => ({ type: 'ReleaseClaim', at, run, worker: 'ada' }),
  (at, run, { seen }) => ({
    type: 'JudgeRun',
    at,
    run,
    probe: [probes.alive, probes.dead, probes.unknown, probes.orphan][seen % 4] ?? probes.alive,
    judge: watchdog,
    view_behind: 0,
    discounted_ms: 0,
    only_certain: false,
  }),
  (at, run, { seen }) => ({
    type: 'ReportStop',
    at,
    run,
    stop: stopped(at, seen % 3 !== 0),
    survivors: seen % 3 === 0 ? [9] : [],
    probe: probes.dead,
    judge: watchdog,
  }),
  (at, _, { stale }) => ({ type: 'ReclaimTask', at, probe: probes.alive, judge: watchdog, force: stale }),
  (at) => ({ type: 'CancelTask', at, probe: probes.unknown, judge: watchdog }),
  (at) => ({ type: 'ArchiveTask', at, probe: probes.unknown, judge: watchdog }),
  (at) => ({ type: 'ReopenTask', at }),
  (at, _, { seen }) => ({ type: 'AssignTask', at, assignee: seen % 2 === 0 ? 'bob' : null, force: true }),
  (at, _, { seen }) => ({ type: 'EditTask', at, title: `t${seen}`, priority: seen % 10, limits: { claim_ttl_ms: 30_000 } }),
  (at) => ({ type: 'AddComment', at, text: 'so' }),
  (at, _, { seen }) => ({
    type: 'LinkTask',
    at,
    parents: someParents(seen),
    parents_seen: someParents(seen).map((task_id) => parentSeen('running', { task_id })),
  }),
  (at, _, { seen }) => ({ type: 'UnlinkTask', at, parents: someParents(seen) }),
  (at, _, { seen }) => ({ type: 'PromoteTask', at, force: seen % 2 === 0 }),
  (at) => ({ type: 'ScheduleTask', at, until: second(1_000_000) }),
];
const someParents = (seen: number): string[] => [PARENT, 't_0000000002', 't_0000000003'].slice(seen % 3);

/** A task that nobody holds can do little: mostly it is claimed, or reopened. A new run mostly says what it started. */
const chosen = (task: TaskState, { which, seen }: Step) => {
  if (seen % 4 === 0) return COMMANDS_AT[which % COMMANDS_AT.length];
  switch (task.status) {
    case 'running':
      return task.run.started === null && seen % 2 === 0 ? COMMANDS_AT[2] : COMMANDS_AT[2 + (which % 13)];
    case 'done':
    case 'archived':
      return COMMANDS_AT[17];
    case 'blocked':
    case 'triage':
      return COMMANDS_AT[10];
    case 'todo':
    case 'scheduled':
      return COMMANDS_AT[23];
    case 'ready':
    case 'absent':
      return COMMANDS_AT[which % 2];
  }
};

const runOf = (task: TaskState): number => (task.status === 'absent' ? 0 : task.status === 'running' ? task.run.run : task.runs.length);

/** What the row of a task must say, taken from the state that the decider sees. */
const expectedRow = (task: Exclude<TaskState, { status: 'absent' }>) => {
  const run = task.status === 'running' ? task.run : null;
  const { task_id, board, title, status, labels, assignee, priority, failures, not_before, limits, created_at, updated_at } = task;
  const scheduled_until = task.status === 'scheduled' ? task.scheduled_until : null;
  return {
    task_id,
    board,
    title,
    status,
    labels,
    assignee,
    priority,
    failures,
    not_before,
    limits,
    parents: task.parents.length,
    scheduled_until,
    created_at,
    updated_at,
    status_since: task.status_since,
    revision: String(task.revision),
    run: run?.run ?? null,
    worker: run?.worker ?? null,
    claimed_at: run?.claimed_at ?? null,
    lease_ms: run?.lease_ms ?? null,
    claim_expires: run?.claim_expires ?? null,
    last_heartbeat_at: run?.last_beat?.at ?? null,
    open_run: run && {
      process: run.process,
      started: run.started,
      note: run.progress.note,
      percent: run.progress.percent,
      revoked: run.revoked && {
        at: run.revoked.at,
        reason: run.revoked.reason,
        then: run.revoked.then,
        retry_at: run.revoked.deferred?.retry_at ?? null,
      },
    },
  };
};

const expectedLinks = ({ parents, waived }: Exclude<TaskState, { status: 'absent' }>) => parents.toSorted().map((id) => [id, waived.includes(id)]);

const expectedRuns = (task: Exclude<TaskState, { status: 'absent' }>) => [
  ...task.runs.map(({ run, worker, claimed_at, ended_at, end, beats, ended_revision }) => ({
    run,
    worker,
    claimed_at,
    ended_at,
    end,
    beats,
    ended_revision,
  })),
  ...(task.status === 'running' ? [{ run: task.run.run, worker: task.run.worker, end: null, ended_at: null, beats: task.run.beats }] : []),
];

const CREATE: Said<'CreateTask'> = { type: 'CreateTask', at: second(0), board: 'main', title: 'Pack', limits: { failure_limit: 3 } };

const append = async (events: readonly TaskEvent[], before: TaskState) => {
  const fresh = events.map(({ type, data }) => ({ id: randomUUID(), type, data: { ...data }, metadata: {} }));
  if (fresh.length > 0) await store.append(`task-${TASK}`, fresh, before.status === 'absent' ? 'no_stream' : BigInt(before.revision));
};

describe('the rows of a task', () => {
  it('say what the decider sees, after whatever commands', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        await store.close();
        store = memoryEventStore();
        const readModel = await openReadModel({ store, directory: ':memory:', clock });
        let [task, now]: [TaskState, number] = [noTask, 0];
        const say = async <Type extends TaskCommandType>(said: Said<Type>) => {
          const { events, after } = decided(task, said, boardOf());
          for (const { type } of events) met.add(type);
          await append(events, task);
          task = after;
        };
        await say(CREATE);
        for (const step of taken) {
          now += step.wait;
          const command = chosen(task, step);
          const run = Math.max(1, runOf(task) - (step.stale && step.seen % 4 === 0 ? 1 : 0));
          if (command !== undefined) await say(command(second(now), run, step));
          if (step.stale) await readModel.catchUp();
        }
        const [row, runs, links] = await readModel.read((rows) => [getTask(rows, TASK), runsOf(rows, TASK), parentsOf(rows, TASK)]);
        readModel.close();
        if (task.status === 'absent') throw new Error('no task');
        expect(links.map(({ parent, waived }) => [parent, waived])).toEqual(expectedLinks(task));
        expect(row).toMatchObject(expectedRow(task));
        expect(runs).toMatchObject(expectedRuns(task));
        expect(runs).toHaveLength(expectedRuns(task).length);
      }),
      { numRuns: 200 },
    );
    expect(TaskEvent.options.map(({ shape }) => shape.type.value).filter((type) => !met.has(type))).toEqual([]);
  });
});
