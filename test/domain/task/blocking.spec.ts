import { describe, it, expect } from '@jest/globals';
import { fold, given } from '../../support/given.ts';
import { archived, blocked, claimed, completed, created, escalated, minute, T0, unblocked } from '../../support/told.ts';

const KINDS = ['dependency', 'needs_input', 'capability', 'transient'] as const;
const running = [created(), claimed('ada', 1, T0)];
const unblock = { type: 'UnblockTask', by_human: false, at: minute(9) } as const;

describe('blocks (rule 7)', () => {
  it.each(KINDS)('a worker blocks its task: %s', (kind) => {
    const { then, after } = given(...running).when({ type: 'BlockTask', run: 1, worker: 'ada', kind, reason: 'which files?', at: minute(1) });
    then([{ type: 'TaskBlocked', run: 1, worker: 'ada', kind, reason: 'which files?', recurrence: 1 }], { status: kind === 'dependency' ? 'todo' : 'blocked' });
    expect(after).toMatchObject({ runs: [{ run: 1, end: 'blocked' }], failures: 0 });
  });

  it.each(KINDS)('the same kind twice in a row goes to triage: %s', (kind) =>
    given(created(), blocked(minute(1), { kind }), unblocked(minute(2)), claimed('ada', 1, minute(3)))
      .when({ type: 'BlockTask', run: 1, worker: 'ada', kind, reason: 'again', at: minute(4) })
      .then(
        [
          { type: 'TaskBlocked', recurrence: 2 },
          { type: 'TaskEscalated', kind, recurrence: 2 },
        ],
        { status: 'triage' },
      ),
  );

  it('another kind begins to count anew', () =>
    given(created(), blocked(minute(1), { kind: 'transient' }), unblocked(minute(2)))
      .when({ type: 'BlockTask', run: null, worker: null, kind: 'capability', reason: 'no gpu', at: minute(4) })
      .then([{ type: 'TaskBlocked', recurrence: 1 }], { status: 'blocked' }));

  it('completion forgets the kinds', () => expect(fold(created(), blocked(minute(1)), completed(null, null, minute(2)))).toMatchObject({ block_memory: null }));

  it('blocking again for the same reason changes nothing, for another it is refused', () => {
    const history = [created(), blocked(minute(1), { kind: 'transient', reason: 'wait' })];
    const again = { type: 'BlockTask', run: null, worker: null, kind: 'transient', at: minute(2) } as const;
    given(...history)
      .when({ ...again, reason: 'wait' })
      .thenNothing({ repeated: true });
    given(...history)
      .when({ ...again, reason: 'other' })
      .thenRefused({ code: 'WrongStatus' });
  });
});

describe('unblock', () => {
  it.each([
    { what: 'needs_input', history: [created(), blocked(minute(1))] },
    { what: 'triage', history: [created(), escalated(minute(1))] },
  ])('only a person lifts $what', ({ what, history }) => {
    given(...history)
      .when(unblock)
      .thenRefused({ code: 'HumanRequired', waiting_for: what });
    given(...history)
      .when({ ...unblock, by_human: true })
      .then([{ type: 'TaskUnblocked' }], { status: 'ready' });
  });

  it.each(['dependency', 'capability', 'transient'] as const)('anybody lifts %s', (kind) =>
    given(created(), blocked(minute(1), { kind }))
      .when(unblock)
      .then([{ type: 'TaskUnblocked' }], { status: 'ready' }),
  );

  it('a task that was created blocked stays so until it is lifted', () => {
    given(created({ status: 'blocked' }))
      .when({ type: 'ClaimTask', worker: 'ada', at: minute(1) })
      .thenRefused({ code: 'NotClaimable', status: 'blocked' });
    given(created({ status: 'blocked' }))
      .when(unblock)
      .then([{ type: 'TaskUnblocked' }], { status: 'ready' });
  });

  it('of a ready task changes nothing', () => given(created()).when(unblock).thenNothing());
});

describe('reopen', () => {
  it.each([
    { what: 'done', history: [created(), completed(null, null, minute(1))] },
    { what: 'archived', history: [created(), archived(minute(1))] },
  ])('makes a task that is $what ready again', ({ history }) =>
    given(...history)
      .when({ type: 'ReopenTask', reason: 'not quite', at: minute(2) })
      .then([{ type: 'TaskReopened', reason: 'not quite' }], { status: 'ready' }),
  );
});
