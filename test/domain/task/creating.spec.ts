import { describe, it, expect } from '@jest/globals';
import { noBoard } from '../../../src/domain/board/evolve.ts';
import { given, givenOn } from '../../support/given.ts';
import { created, minute, T0, TASK } from '../../support/told.ts';

const create = { type: 'CreateTask', board: 'main', title: 'Pack modules', at: T0 } as const;

describe('creating a task', () => {
  it('writes down all that was said, with the defaults filled in', () =>
    given()
      .when({ ...create, priority: 5, labels: ['pack'] })
      .then([{ type: 'TaskCreated', title: 'Pack modules', priority: 5, labels: ['pack'], status: 'ready', parents: [], idempotency_key: null }], {
        status: 'ready',
        revision: '0',
      }));

  it.each(['ready', 'triage', 'blocked'] as const)('may begin %s', (status) =>
    given()
      .when({ ...create, status })
      .then([{ type: 'TaskCreated', status }], { status }),
  );

  it('the same again changes nothing, however it was edited since', () =>
    given(created(), { type: 'TaskEdited', data: { at: minute(1), title: 'Pack them all' } })
      .when({ ...create, at: minute(2) })
      .thenNothing({ repeated: true }));

  it('another body under the same id, as from an idempotency key, is refused', () =>
    given(created())
      .when({ ...create, title: 'Unpack modules' })
      .thenRefused({ code: 'AlreadyExists', task_id: TASK }));

  it('makes no board: on one that is not there it is refused, with the way to create it', () =>
    givenOn(noBoard('nightly'))
      .when({ ...create, board: 'nightly' })
      .thenRefused({ code: 'NotFound', board: 'nightly', message: expect.stringContaining('holdfast board create nightly') }));

  it('makes nothing on another board than the one asked', () =>
    given()
      .when({ ...create, board: 'nightly' })
      .thenRefused({ code: 'InvalidInput', issues: [{ field: 'board', given: 'nightly', problem: expect.any(String) }] }));
});

describe('editing a task', () => {
  it('writes only what differs', () => {
    const { then, after } = given(created()).when({ type: 'EditTask', title: 'Pack modules', body: 'all nine', labels: ['x'], at: minute(1) });
    then([{ type: 'TaskEdited', body: 'all nine', labels: ['x'] }]);
    expect(after).toMatchObject({ title: 'Pack modules', body: 'all nine', labels: ['x'] });
  });

  it('to what it is already changes nothing', () =>
    given(created())
      .when({ type: 'EditTask', title: 'Pack modules', input: null, at: minute(1) })
      .thenNothing());
});

describe('commands to a task that is not there', () => {
  it('are refused NotFound', () => given().when({ type: 'ClaimTask', worker: 'ada', at: T0 }).thenRefused({ code: 'NotFound' }));
});
