import { describe, expect, it } from '@jest/globals';
import { waitingFor, type BoardNow, type WaitingFor, type Waits } from '../../src/domain/waitingFor.ts';
import { minute, second, T0 } from '../support/told.ts';

const task = (facts: Partial<Waits> = {}): Waits => ({
  status: 'ready',
  status_since: T0,
  assignee: null,
  not_before: null,
  scheduled_until: null,
  failures: 0,
  last_end: null,
  blocked: null,
  open_parents: null,
  ...facts,
});
const board = (facts: Partial<BoardNow['board']> = {}, more: Partial<BoardNow> = {}): BoardNow => ({
  board: { paused: null, policy: {}, store_policy: {}, ...facts },
  ...more,
});
const paused = { since: second(1), reason: 'release' };
const running = (open: number, own = 0) => ({ open: () => ({ board: open, assignee: own }) });
const failed = { run: 2, end: 'failed' } as const;
const blocked = { kind: 'blocked', by: 'creation', block_kind: null, reason: null, since: T0, failures: 0 } as const;

type Row = readonly [rule: string, task: Waits, board: BoardNow, waits: readonly WaitingFor[]];
const ROWS: readonly Row[] = [
  ['a ready task that whoever comes may claim waits for nothing', task(), board(), []],
  [
    'a todo task waits for its unfinished parents',
    task({ status: 'todo', open_parents: { count: 12, ids: ['t_1'] } }),
    board(),
    [{ kind: 'dependencies', unfinished: 12, parents: ['t_1'] }],
  ],
  ['a todo task without parents waits for what its worker said', task({ status: 'todo' }), board(), [{ ...blocked, by: 'block', block_kind: 'dependency' }]],
  ['a scheduled task waits for its time', task({ status: 'scheduled', scheduled_until: minute(9) }), board(), [{ kind: 'schedule', until: minute(9) }]],
  [
    'a scheduled task waits for its unfinished parents too',
    task({ status: 'scheduled', scheduled_until: minute(9), open_parents: { count: 1, ids: ['t_1'] } }),
    board(),
    [
      { kind: 'schedule', until: minute(9) },
      { kind: 'dependencies', unfinished: 1, parents: ['t_1'] },
    ],
  ],
  [
    'a scheduled task with finished parents waits for its time alone',
    task({ status: 'scheduled', scheduled_until: minute(9), open_parents: { count: 0, ids: [] } }),
    board(),
    [{ kind: 'schedule', until: minute(9) }],
  ],
  [
    'after a failure it backs off',
    task({ not_before: minute(9), last_end: failed, failures: 2 }),
    board(),
    [{ kind: 'back_off', until: minute(9), ...failed, failures: 2 }],
  ],
  [
    'after a rate limit it cools down',
    task({ not_before: minute(9), last_end: { run: 1, end: 'rate_limited' } }),
    board(),
    [{ kind: 'cool_down', until: minute(9), run: 1, end: 'rate_limited', failures: 0 }],
  ],
  ['a wait that is over is none', task({ not_before: minute(4), last_end: failed }), board(), []],
  ['a pause stops what is ready', task(), board({ paused }), [{ kind: 'pause', ...paused }]],
  [
    'a pause is no news to what waits for something else',
    task({ status: 'scheduled', scheduled_until: minute(9) }),
    board({ paused }),
    [{ kind: 'schedule', until: minute(9) }],
  ],
  [
    'a full board says how full',
    task(),
    board({ policy: { max_running: 3 } }, running(3)),
    [{ kind: 'cap', limit: 'max_running', cap: 3, source: 'board', open: 3, assignee: null }],
  ],
  ['a board with a place left says nothing', task(), board({ policy: { max_running: 3 } }, running(2)), []],
  ['where nobody counted, nothing is said of caps', task(), board({ policy: { max_running: 3 } }), []],
  [
    'a cap for one name stops what is assigned to that name',
    task({ assignee: 'ada' }),
    board({ policy: { max_running_per_assignee: 1 } }, { ...running(1, 1), viewer: 'ada' }),
    [{ kind: 'cap', limit: 'max_running_per_assignee', cap: 1, source: 'board', open: 1, assignee: 'ada' }],
  ],
  ['a cap for one name stops nothing that anybody may claim, when nobody asks', task(), board({ policy: { max_running_per_assignee: 1 } }, running(9, 9)), []],
  ['what is assigned waits for that name', task({ assignee: 'ada' }), board(), [{ kind: 'assignee', assignee: 'ada', since: T0 }]],
  ['but not for whoever asks', task({ assignee: 'ada' }), board({}, { viewer: 'ada' }), []],
  [
    'a task has every reason there is',
    task({ assignee: 'ada', not_before: minute(9), last_end: failed, failures: 1 }),
    board({ paused, policy: { max_running: 1 } }, running(1)),
    [
      { kind: 'pause', ...paused },
      { kind: 'cap', limit: 'max_running', cap: 1, source: 'board', open: 1, assignee: null },
      { kind: 'back_off', until: minute(9), ...failed, failures: 1 },
      { kind: 'assignee', assignee: 'ada', since: T0 },
    ],
  ],
  ['blocked says by what', task({ status: 'blocked', blocked: { by: 'creation', kind: null, reason: null } }), board(), [blocked]],
  ['triage waits for a person', task({ status: 'triage' }), board(), [{ kind: 'triage', since: T0 }]],
  ...(['running', 'done', 'archived', 'unreadable'] as const).map((status): Row => [
    `${status} waits for nothing`,
    task({ status, assignee: 'ada' }),
    board({ paused }),
    [],
  ]),
];

describe('what a task waits for', () => {
  it.each(ROWS)('%s', (_, facts, now, waits) => expect(waitingFor(facts, minute(5), now)).toEqual(waits));
});

describe('a task that nobody claims', () => {
  const unclaimed = { kind: 'unclaimed', after_ms: 600_000 } as const;

  it('says so once it was claimable for unclaimed_after, and not before', () => {
    expect(waitingFor(task(), second(599), board())).toEqual([]);
    expect(waitingFor(task(), minute(10), board())).toEqual([{ ...unclaimed, since: T0 }]);
  });
  it('counts from the end of its back-off', () => {
    const late = task({ not_before: minute(5), last_end: failed });
    expect(waitingFor(late, minute(14), board())).toEqual([]);
    expect(waitingFor(late, minute(15), board())).toEqual([{ ...unclaimed, since: minute(5) }]);
  });
  it('says so beside whom it waits for', () =>
    expect(waitingFor(task({ assignee: 'ada' }), minute(10), board()).map(({ kind }) => kind)).toEqual(['assignee', 'unclaimed']));
  it('says nothing of it while a pause or a cap stands in the way', () => {
    expect(waitingFor(task(), minute(10), board({ paused })).map(({ kind }) => kind)).toEqual(['pause']);
    expect(waitingFor(task(), minute(10), board({ policy: { max_running: 1 } }, running(1))).map(({ kind }) => kind)).toEqual(['cap']);
  });
  it('says nothing of it where that is off', () => expect(waitingFor(task(), minute(99), board({ policy: { unclaimed_after_ms: 0 } }))).toEqual([]));
});
