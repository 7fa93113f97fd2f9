import { describe, expect, it } from '@jest/globals';
import { Cap, capsInForce, overCap } from '../../src/domain/caps.ts';
import { boardOf, given, givenOn } from '../support/given.ts';
import { claimed, created, minute, second } from '../support/told.ts';

const board = (value: number) => ({ value, source: 'board' });

describe('the caps of a claim', () => {
  it.each([
    { asked: {}, policy: {}, caps: undefined },
    { asked: { cap: 3 }, policy: {}, caps: { max_running: { value: 3, source: 'call' } } },
    { asked: {}, policy: { max_running: 3 }, caps: { max_running: board(3) } },
    { asked: { cap: 2 }, policy: { max_running: 3 }, caps: { max_running: { value: 2, source: 'call' } } },
    { asked: { cap: 4 }, policy: { max_running: 3 }, caps: { max_running: board(3) } },
    { asked: { cap: 3 }, policy: { max_running: 3 }, caps: { max_running: board(3) } },
    { asked: {}, policy: { max_running: 0, max_running_per_assignee: 1 }, caps: { max_running_per_assignee: board(1) } },
    {
      asked: { cap: 5, cap_per_assignee: 2 },
      policy: { max_running_per_assignee: 1 },
      caps: { max_running: { value: 5, source: 'call' }, max_running_per_assignee: board(1) },
    },
  ])('are the tightest of what the call asks and the board sets: $asked on $policy', ({ asked, policy, caps }) =>
    expect(capsInForce({ worker: 'ada', ...asked }, boardOf(policy))).toEqual(caps),
  );

  it.each([0, -1, 1.5, 100_001, Number.NaN])('are never %s', (value) => expect(Cap.safeParse(value).success).toBe(false));

  it.each([
    { open: { board: 2, assignee: 1 }, over: null },
    { open: { board: 3, assignee: 0 }, over: { limit: 'max_running', cap: 3, source: 'board', open: 3, assignee: null } },
    { open: { board: 2, assignee: 2 }, over: { limit: 'max_running_per_assignee', cap: 2, source: 'call', open: 2, assignee: 'ada' } },
    { open: { board: 9, assignee: 9 }, over: { limit: 'max_running', cap: 3, source: 'board', open: 9, assignee: null } },
  ])('admit it while fewer admitted runs are open than each of them: $open', ({ open, over }) =>
    expect(overCap({ max_running: { value: 3, source: 'board' }, max_running_per_assignee: { value: 2, source: 'call' } }, 'ada', open)).toEqual(over),
  );
});

describe('a claim', () => {
  it('says under which caps it was made, and in whose name', () =>
    givenOn({ max_running: 3 }, created())
      .when({ type: 'ClaimTask', at: second(1), worker: 'ada', assignee: 'packer', cap_per_assignee: 1 })
      .then(
        [{ type: 'TaskClaimed', worker: 'ada', assignee: 'packer', caps: { max_running: board(3), max_running_per_assignee: { value: 1, source: 'call' } } }],
        { caps: { max_running: board(3) } },
      ));

  it('under no cap says nothing of caps, so that its event is what it always was', () => {
    const { events } = given(created()).when({ type: 'ClaimTask', at: second(1), worker: 'ada', assignee: 'ada' });
    expect(Object.keys(events[0]?.data ?? {})).toEqual(['at', 'run', 'worker', 'lease_ms', 'lease_source', 'claim_expires', 'process']);
  });

  it('over a cap is given back with the facts, and no failure is counted', () => {
    const over_cap = { limit: 'max_running', cap: 3, source: 'board', open: 3, assignee: null } as const;
    const { after } = given(created(), claimed('ada', 1, second(1))).when({
      type: 'ReleaseClaim',
      at: minute(1),
      run: 1,
      worker: 'ada',
      reason: 'over_cap',
      over_cap,
    });
    expect(after).toMatchObject({ status: 'ready', failures: 0, runs: [{ end: 'over_cap' }] });
  });
});
