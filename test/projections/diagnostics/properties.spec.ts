import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toMs } from '../../../src/domain/instant.ts';
import type { TaskCommandType } from '../../../src/domain/task/commands.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import type { TaskState } from '../../../src/domain/task/state.ts';
import { memoryEventStore } from '../../../src/eventstore/memory/memoryEventStore.ts';
import type { EventStore } from '../../../src/eventstore/port.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { getTask } from '../../../src/projections/lists.ts';
import { changesBetween } from '../../../src/projections/diagnostics/changes.ts';
import { diagnose } from '../../../src/projections/diagnostics/diagnose.ts';
import { subject } from '../../../src/projections/diagnostics/subjects.ts';
import type { BoardRow } from '../../../src/projections/boards.ts';
import { openReadModel } from '../../../src/projections/readModel.ts';
import type { ReadModel } from '../../../src/projections/readModel.ts';
import { boardOf, decided, fold } from '../../support/given.ts';
import { afterWait, fitting, SAY, spoken, type Step } from '../../support/randomCommands.ts';
import { tell } from '../../support/taskLog.ts';
import { created, T0, TASK } from '../../support/told.ts';

const SEED = Number(process.env['HOLDFAST_SEED'] ?? 20_261_121);
const LIVES = 60;
const BOARD: BoardRow = {
  board: 'main',
  created_at: T0,
  policy: {},
  paused: null,
  resumed_at: null,
  resumed: null,
  revision: '0',
  updated_at: T0,
  unreadable: null,
};
/** Limits of all sizes, so that short lives meet them. */
const LAYERS = {
  board: { diagnose_crashes: 1, diagnose_cycles: 1, diagnose_blocked_ms: 60_000, diagnose_stranded_ms: 60_000, diagnose_no_progress_ms: 60_000 },
} as const;

type Told = { readonly events: readonly TaskEvent[]; readonly task: TaskState; readonly at: string };

const life = (steps: readonly (readonly [TaskCommandType, Step])[]): Told => {
  const board = boardOf({ failure_limit: 3 });
  const events: TaskEvent[] = [created()];
  let [at, task] = [T0, fold(...events)];
  for (const [type, step] of steps) {
    at = afterWait(at, step);
    const { events: more, after } = decided(task, SAY[fitting(type, task, step)](task, step, at), board);
    events.push(...more);
    task = after;
  }
  return { events, task, at };
};

const lives = (rule: (told: Told) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(fc.array(spoken, { minLength: 1, maxLength: 40, size: 'max' }), (steps) => rule(life(steps))),
    { seed: SEED, numRuns: LIVES },
  );

describe(`diagnostics of random lives (seed ${SEED}; HOLDFAST_SEED repeats them)`, () => {
  let store: EventStore;
  let readModel: ReadModel;
  beforeAll(async () => {
    store = memoryEventStore();
    readModel = await openReadModel({ store, directory: ':memory:', clock: systemClock() });
  });
  afterAll(async () => {
    readModel.close();
    await store.close();
  });

  /** A fresh task with these events, and what rules look at. */
  let count = 0;
  const seenOf = async ({ events }: Told) => {
    count += 1;
    const id = `${TASK.slice(0, -6)}${String(count).padStart(6, '0')}`;
    await tell(store, `task-${id}`, ...events.map(({ type, data }) => ({ type, data: JSON.parse(JSON.stringify(data)) })));
    return readModel.read((rows) => ({ seen: subject(rows, BOARD, id), row: getTask(rows, id) }));
  };

  it('count failures in a row as the decider does', () =>
    lives(async (told) => {
      const { seen } = await seenOf(told);
      if (told.task.status === 'absent' || told.task.status === 'archived') return;
      expect(seen?.trouble.failures?.count ?? 0).toBe(told.task.failures);
    }));

  it('change with time only at the instants that the rules name', () =>
    lives(async (told) => {
      const { seen } = await seenOf(told);
      if (seen === undefined) throw new Error('no task');
      let now = toMs(told.at);
      for (let look = 0; look < 40; look += 1) {
        const { diagnostics, again_at } = diagnose(seen, LAYERS, now);
        const until = again_at ?? now + 400 * 24 * 3_600_000;
        for (const at of [Math.floor((now + until) / 2), until - 1]) expect(changesBetween(diagnostics, diagnose(seen, LAYERS, at).diagnostics)).toEqual([]);
        if (again_at === null) return;
        now = again_at;
      }
    }));
});
