import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START, type RecordedEvent } from '../../src/eventstore/port.ts';
import { admissionOf, openRuns } from '../../src/projections/admitted.ts';
import { openViews, PROJECTIONS, type Views } from '../../src/projections/views.ts';
import { naiveAdmitted } from '../support/naiveCaps.ts';
import { claimed, completed, taskId, type Told } from '../support/taskLog.ts';

let views: Views;
let told: RecordedEvent[];
beforeEach(() => {
  views = openViews({ path: ':memory:', projections: PROJECTIONS });
  told = [];
});
afterEach(() => views.close());

const recorded = (task: number, event: Told, board = 'main'): RecordedEvent => {
  const position = BigInt(told.length);
  const one = { stream: `task-${taskId(task)}`, revision: position, position, id: `e${position}`, metadata: { board }, ...event };
  told.push(one);
  return one;
};
const apply = (events: readonly RecordedEvent[]): void => {
  const first = events[0]?.position ?? 0n;
  views.apply({ after: first - 1n === START ? START : first - 1n, events, position: events.at(-1)?.position ?? first });
};
const happens = (task: number, event: Told, board?: string): void => apply([recorded(task, event, board)]);

const cap = (value: number) => ({ caps: { max_running: { value, source: 'board' } } });
const each = (value: number) => ({ caps: { max_running_per_assignee: { value, source: 'board' } } });
const over = (task: number) => admissionOf(views, taskId(task))?.over;
const open = (name = 'ada', board = 'main') => openRuns(views, board, name);

describe('of the claims of a board, in the order of the log,', () => {
  it('one is admitted while fewer admitted runs are open than its cap', () => {
    for (const task of [1, 2, 3]) happens(task, claimed(task, 1, 'ada', cap(2)));
    expect([over(1), over(2), over(3)]).toEqual([null, null, { limit: 'max_running', cap: 2, source: 'board', open: 2, assignee: null }]);
    expect(open()).toEqual({ board: 2, assignee: 2 });
  });

  it('one that is over the cap counts for nobody, given back or not', () => {
    for (const task of [1, 2]) happens(task, claimed(task, 1, 'ada', cap(1)));
    happens(1, completed(3, 1, 'ada'));
    happens(3, claimed(4, 1, 'bob', cap(1)));
    expect([over(2), over(3)]).toEqual([expect.objectContaining({ cap: 1 }), null]);
  });

  it('one that nobody has confirmed counts until its run ends', () => {
    happens(1, claimed(1, 1, 'ada', cap(1)));
    happens(2, claimed(2, 1, 'bob', cap(1)));
    expect(over(2)).toMatchObject({ open: 1 });
    happens(1, { type: 'TaskReclaimed', data: { run: 1, reason: 'lease_expired' } });
    happens(2, { type: 'ClaimReleased', data: { run: 1, reason: 'over_cap' } });
    happens(2, claimed(3, 2, 'bob', cap(1)));
    expect([over(1), over(2)]).toEqual([undefined, null]);
  });

  it('one under no cap is admitted, and counts for the others', () => {
    for (const task of [1, 2]) happens(task, claimed(task, 1, 'ada'));
    happens(3, claimed(3, 1, 'ada', cap(2)));
    expect([over(1), over(2), over(3)]).toEqual([null, null, expect.objectContaining({ open: 2 })]);
  });

  it('a lower cap lets what runs go on, and holds for the next claim', () => {
    for (const task of [1, 2, 3]) happens(task, claimed(task, 1, 'ada', cap(3)));
    happens(4, claimed(4, 1, 'ada', cap(1)));
    expect([over(1), over(2), over(3), over(4)]).toEqual([null, null, null, expect.objectContaining({ cap: 1, open: 3 })]);
  });

  it('a cap for one name counts the runs in that name: of the assignee claimed for, else of the worker', () => {
    happens(1, claimed(1, 1, 'ada', { assignee: 'packer', ...each(1) }));
    happens(2, claimed(2, 1, 'ada', each(1)));
    happens(3, claimed(3, 1, 'bob', { assignee: 'packer', ...each(1) }));
    expect([over(1), over(2)]).toEqual([null, null]);
    expect(over(3)).toEqual({ limit: 'max_running_per_assignee', cap: 1, source: 'board', open: 1, assignee: 'packer' });
  });

  it('runs of other boards do not count', () => {
    happens(1, claimed(1, 1, 'ada', cap(1)), 'nightly');
    happens(2, claimed(2, 1, 'ada', cap(1)));
    expect([over(2), open('ada', 'nightly')]).toEqual([null, { board: 1, assignee: 1 }]);
  });

  it('an event that nobody of ours wrote stops nothing', () => {
    happens(1, { type: 'TaskClaimed', data: { caps: null } });
    happens(2, claimed(2, 1, 'ada', cap(1)));
    expect([over(1), over(2)]).toEqual([undefined, null]);
  });
});

const step = fc.record({
  task: fc.integer({ min: 1, max: 6 }),
  claims: fc.integer({ min: 0, max: 2 }),
  name: fc.constantFrom('ada', 'bob'),
  board: fc.option(fc.integer({ min: 1, max: 3 })),
  own: fc.option(fc.integer({ min: 1, max: 2 })),
  together: fc.boolean(),
});

it('the rows say what a fold without state says, however the log is cut into batches', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      views.close();
      views = openViews({ path: ':memory:', projections: PROJECTIONS });
      told = [];
      const running = new Map<number, number>();
      const batches: RecordedEvent[][] = [];
      let runs = 0;
      for (const { task, claims, name, board, own, together } of steps) {
        const run = running.get(task);
        if (run === undefined && claims === 0) continue;
        const caps = {
          ...(board === null ? {} : { max_running: { value: board, source: 'board' } }),
          ...(own === null ? {} : { max_running_per_assignee: { value: own, source: 'call' } }),
        };
        const event = run === undefined ? claimed(1, (runs += 1), name, Object.keys(caps).length === 0 ? {} : { caps }) : completed(1, run, name);
        if (run === undefined) running.set(task, runs);
        else running.delete(task);
        const one = recorded(task, event);
        if (together && batches.length > 0) batches.at(-1)?.push(one);
        else batches.push([one]);
      }
      batches.forEach(apply);
      const naive = naiveAdmitted(told).filter(({ to }) => to === undefined);
      const admitted = [...running].filter(([task]) => over(task) === null).map(([task, run]) => `${taskId(task)} ${run}`);
      expect(admitted.toSorted()).toEqual(naive.map(({ stream, run }) => `${stream.slice('task-'.length)} ${String(run)}`).toSorted());
      for (const name of ['ada', 'bob']) expect(open(name)).toEqual({ board: naive.length, assignee: naive.filter((run) => run.name === name).length });
    }),
  );
});
