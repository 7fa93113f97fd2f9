import { describe, it, expect } from '@jest/globals';
import { isFinished, MOST_PARENTS } from '../../../src/domain/task/parents.ts';
import type { Status } from '../../../src/domain/task/state.ts';
import { fold, given } from '../../support/given.ts';
import {
  blocked,
  claimed,
  completed,
  created,
  demoted,
  linked,
  minute,
  PARENT,
  parentSeen,
  promoted,
  scheduled,
  T0,
  TASK,
  unblocked,
} from '../../support/told.ts';

const OTHER = 't_0000000002';
const create = { type: 'CreateTask', board: 'main', title: 'Ship', at: T0 } as const;
const waiting = [created(), linked(minute(1)), demoted(minute(1))];
const open = [parentSeen('running')];
const over = [parentSeen('done', { revision: '7' })];

describe('a parent counts as finished', () => {
  const STATUSES: readonly Status[] = ['triage', 'todo', 'scheduled', 'ready', 'running', 'blocked', 'done', 'archived'];
  it('when it is done or archived, and only then', () => expect(STATUSES.filter(isFinished)).toEqual(['done', 'archived']));
});

describe('creating a task with parents', () => {
  it.each([
    { status: 'running', begins: 'todo' },
    { status: 'blocked', begins: 'todo' },
    { status: 'done', begins: 'ready' },
    { status: 'archived', begins: 'ready' },
  ])('begins $begins while its parent is $status', ({ status, begins }) =>
    given()
      .when({ ...create, parents: [PARENT], parents_seen: [parentSeen(status)] })
      .then([{ type: 'TaskCreated', parents: [PARENT], status: begins }], { status: begins }),
  );

  it('in triage or blocked it waits for a person first', () =>
    given()
      .when({ ...create, status: 'triage', parents: [PARENT], parents_seen: open })
      .then([{ type: 'TaskCreated', status: 'triage' }]));

  it('names a parent once, however often it is given', () =>
    given()
      .when({ ...create, parents: [PARENT, PARENT], parents_seen: open })
      .then([{ type: 'TaskCreated', parents: [PARENT] }]));

  it.each([
    { what: 'that is not there', seen: [], says: 'there is no such task' },
    { what: 'on another board', seen: [parentSeen('ready', { board: 'nightly' })], says: 'it is on board nightly; a parent must be on the same board, main' },
    { what: 'that cannot be read', seen: [parentSeen('unreadable', { board: null })], says: 'upgrade holdfast' },
  ])('refuses a parent $what, naming it', ({ seen, says }) =>
    given()
      .when({ ...create, parents: [PARENT], parents_seen: seen })
      .thenRefused({ code: 'InvalidInput', issues: [{ field: 'parents', given: PARENT, problem: expect.stringContaining(says) }] }),
  );

  it('the same again changes nothing, though the parents have finished since', () =>
    given(created({ title: 'Ship', parents: [PARENT], status: 'todo' }))
      .when({ ...create, at: minute(9), parents: [PARENT], parents_seen: over })
      .thenNothing({ repeated: true }));
});

describe('a schedule', () => {
  it('makes a new task begin scheduled', () =>
    given()
      .when({ ...create, scheduled_until: minute(5) })
      .then([{ type: 'TaskCreated', status: 'scheduled', scheduled_until: minute(5) }], { status: 'scheduled' }));

  it.each([T0, '2026-11-21T08:59:59.999Z'])('that is over is refused, with the value and now: %s', (scheduled_until) =>
    given()
      .when({ ...create, scheduled_until })
      .thenRefused({ code: 'InvalidInput', message: expect.stringContaining(`${scheduled_until} is over; it takes a time after now, ${T0}`) }),
  );

  it('of a task that waits for a person makes no sense', () =>
    given()
      .when({ ...create, status: 'blocked', scheduled_until: minute(5) })
      .thenRefused({ code: 'InvalidInput' }));

  it('may be set and moved; the same again changes nothing', () => {
    const schedule = { type: 'ScheduleTask', at: minute(1), until: minute(5) } as const;
    given(created())
      .when(schedule)
      .then([{ type: 'TaskScheduled', until: minute(5) }], { status: 'scheduled', scheduled_until: minute(5) });
    given(created(), scheduled(minute(1), minute(5)))
      .when({ ...schedule, until: minute(6) })
      .then([{ type: 'TaskScheduled', until: minute(6) }]);
    given(created(), scheduled(minute(1), minute(5)))
      .when(schedule)
      .thenNothing({ repeated: true });
  });

  it('lets a task go on when its time has come, not before', () => {
    const task = given(created(), scheduled(minute(1), minute(5)));
    task.when({ type: 'PromoteTask', by: 'gate', at: minute(4) }).thenNothing();
    task.when({ type: 'PromoteTask', by: 'gate', at: minute(5) }).then([{ type: 'TaskPromoted', to: 'ready', because: { by: 'schedule', until: minute(5) } }]);
  });

  it('refuses a claim, and from its time on says who wakes the task', () => {
    const task = given(created(), scheduled(minute(1), minute(5)));
    const claim = { type: 'ClaimTask', worker: 'ada' } as const;
    task.when({ ...claim, at: minute(4) }).thenRefused({ code: 'NotClaimable', message: expect.stringContaining('says what it waits for') });
    task.when({ ...claim, at: minute(5) }).thenRefused({ code: 'NotClaimable', message: expect.stringContaining(`its time has come (${minute(5)})`) });
  });

  it('that is over leaves a task waiting for its parents', () =>
    given(created(), linked(minute(1)), scheduled(minute(1), minute(5)))
      .when({ type: 'PromoteTask', by: 'gate', at: minute(5), parents_seen: open })
      .then([{ type: 'TaskPromoted', to: 'todo' }], { status: 'todo' }));
});

describe('links', () => {
  it('an open parent makes a ready task wait, in the same append', () =>
    given(created())
      .when({ type: 'LinkTask', at: minute(1), parents: [PARENT], parents_seen: open })
      .then(
        [
          { type: 'TaskLinked', parents: [PARENT], unfinished: [{ task_id: PARENT, status: 'running', revision: '3' }] },
          { type: 'TaskDemoted', to: 'todo', because: { by: 'parents', parent: { task_id: PARENT }, parents: 1 } },
        ],
        { status: 'todo', unfinished: 1, waits_for: [PARENT] },
      ));

  it('a finished parent holds nobody back, and a running task goes on', () => {
    const link = { type: 'LinkTask' as const, at: minute(2), parents: [PARENT] };
    given(created())
      .when({ ...link, parents_seen: over })
      .then([{ type: 'TaskLinked' }], { status: 'ready', unfinished: 0 });
    given(created(), claimed('ada', 1, minute(1)))
      .when({ ...link, parents_seen: open })
      .then([{ type: 'TaskLinked' }], { status: 'running', unfinished: 1 });
  });

  it('the same again changes nothing', () =>
    given(...waiting)
      .when({ type: 'LinkTask', at: minute(2), parents: [PARENT], parents_seen: open })
      .thenNothing({ repeated: true, unfinished: 1 }));

  it('a cycle is refused with its path, and so is a task as its own parent', () => {
    given(created())
      .when({ type: 'LinkTask', at: minute(1), parents: [PARENT], parents_seen: open, cycle: [TASK, PARENT, OTHER, TASK] })
      .thenRefused({
        code: 'DependencyCycle',
        path: [TASK, PARENT, OTHER, TASK],
        message: expect.stringContaining(`${TASK} waits for ${PARENT} waits for ${OTHER} waits for ${TASK}`),
      });
    given(created())
      .when({ type: 'LinkTask', at: minute(1), parents: [TASK] })
      .thenRefused({ code: 'DependencyCycle', path: [TASK, TASK] });
  });

  it('more parents than are allowed are refused', () => {
    const many = Array.from({ length: MOST_PARENTS }, (_, n) => `t_${String(n).padStart(10, '0')}`);
    given(created({ parents: many }))
      .when({ type: 'LinkTask', at: minute(1), parents: ['t_AAAAAAAAAA'], parents_seen: [parentSeen('done', { task_id: 't_AAAAAAAAAA' })] })
      .thenRefused({ code: 'InvalidInput', message: expect.stringContaining(`at most ${MOST_PARENTS}`) });
  });

  it('without its last open parent a waiting task is ready, in the same append', () => {
    given(...waiting)
      .when({ type: 'UnlinkTask', at: minute(2), parents: [PARENT] })
      .then(
        [
          { type: 'TaskUnlinked', parents: [PARENT] },
          { type: 'TaskPromoted', to: 'ready', because: { by: 'unlinked', parent: PARENT } },
        ],
        { status: 'ready' },
      );
    given(created(), linked(minute(1), [PARENT, OTHER]), demoted(minute(1)))
      .when({ type: 'UnlinkTask', at: minute(2), parents: [OTHER], parents_seen: open })
      .then([{ type: 'TaskUnlinked' }], { status: 'todo', unfinished: 1 });
  });

  it('unlinking what is no parent changes nothing', () =>
    given(created())
      .when({ type: 'UnlinkTask', at: minute(2), parents: [PARENT] })
      .thenNothing({ repeated: true }));
});

describe('promotion', () => {
  const promote = { type: 'PromoteTask', at: minute(3) } as const;

  it('names the parent that finished last', () =>
    given(created(), linked(minute(1), [PARENT, OTHER]), demoted(minute(1)))
      .when({ ...promote, by: 'gate', parents_seen: [...over, parentSeen('archived', { task_id: OTHER, changed_at: minute(2) })] })
      .then([{ type: 'TaskPromoted', to: 'ready', because: { by: 'parents', parent: { task_id: OTHER, status: 'archived' }, parents: 2 } }]));

  it('while a parent is open says nothing to whoever looks after waiting tasks, and no to a person', () => {
    given(...waiting)
      .when({ ...promote, by: 'gate', parents_seen: open })
      .thenNothing();
    given(...waiting)
      .when({ ...promote, parents_seen: open })
      .thenRefused({ code: 'WaitsForParents', unfinished: 1, waits_for: [PARENT] });
  });

  it('by force waives the open parents for good', () => {
    const { then, after } = given(...waiting).when({ ...promote, force: true, reason: 'the rest can wait', parents_seen: open });
    then([{ type: 'TaskPromoted', to: 'ready', because: { by: 'operator', reason: 'the rest can wait' }, waived: [PARENT] }]);
    expect(after).toMatchObject({ waived: [PARENT] });
    given(...waiting, promoted(minute(2), { waived: [PARENT] }))
      .when({ type: 'DemoteTask', at: minute(3), parents_seen: open })
      .thenNothing();
  });

  it('of a ready task changes nothing, so that two who ask promote once', () =>
    given(...waiting, promoted(minute(2)))
      .when({ ...promote, by: 'gate', parents_seen: over })
      .thenNothing({ repeated: true, status: 'ready' }));

  it('a dependency block without a parent waits for a person or for a link', () =>
    given(created(), claimed('ada', 1, T0), blocked(minute(1), { kind: 'dependency', run: 1, worker: 'ada' }))
      .when({ ...promote, by: 'gate' })
      .thenNothing({ status: 'todo' }));

  it('a task blocked by a dependency goes on when its parent is finished', () =>
    given(created(), linked(minute(1)), claimed('ada', 1, minute(1)), blocked(minute(2), { kind: 'dependency', run: 1, worker: 'ada' }))
      .when({ ...promote, by: 'gate', parents_seen: over })
      .then([{ type: 'TaskPromoted', to: 'ready' }], { status: 'ready' }));

  it('waiting for one parent after the other is no loop; coming back with none open is', () => {
    const again = [created(), linked(minute(1)), blocked(minute(1), { kind: 'dependency' }), promoted(minute(2)), claimed('ada', 1, minute(3))];
    const block = { type: 'BlockTask', run: 1, worker: 'ada', kind: 'dependency', reason: 'the other one', at: minute(4) } as const;
    given(...again)
      .when({ ...block, parents_seen: open })
      .then([{ type: 'TaskBlocked', recurrence: 2 }], { status: 'todo' });
    given(...again)
      .when({ ...block, parents_seen: over })
      .then([{ type: 'TaskBlocked', recurrence: 2 }, { type: 'TaskEscalated' }], { status: 'triage' });
  });
});

describe('a parent that is not finished any more', () => {
  it('makes a ready task wait again; a running one goes on', () => {
    const demote = { type: 'DemoteTask', at: minute(5), parents_seen: open } as const;
    const ready = [...waiting, promoted(minute(2))];
    given(...ready)
      .when(demote)
      .then([{ type: 'TaskDemoted', to: 'todo', because: { by: 'parents', parent: { task_id: PARENT } } }], { status: 'todo' });
    given(...ready, claimed('ada', 1, minute(3)))
      .when(demote)
      .thenNothing({ status: 'running' });
    given(...waiting)
      .when(demote)
      .thenNothing({ status: 'todo' });
  });

  it('is seen at the claim, too: the claim is refused and the task waits', () =>
    given(...waiting, promoted(minute(2)))
      .when({ type: 'ClaimTask', worker: 'ada', at: minute(3), parents_seen: open })
      .thenRefused({ code: 'WaitsForParents', waits_for: [PARENT] }, [{ type: 'TaskDemoted' }]));

  it('is seen when a task is unblocked or reopened', () => {
    given(created(), linked(minute(1)), blocked(minute(2), { kind: 'transient' }))
      .when({ type: 'UnblockTask', at: minute(3), parents_seen: open })
      .then([{ type: 'TaskUnblocked' }, { type: 'TaskDemoted' }], { status: 'todo' });
    given(created(), linked(minute(1)), completed(null, null, minute(2)))
      .when({ type: 'ReopenTask', at: minute(3), parents_seen: open })
      .then([{ type: 'TaskReopened' }, { type: 'TaskDemoted' }], { status: 'todo' });
    given(...waiting)
      .when({ type: 'UnblockTask', at: minute(3), parents_seen: open })
      .thenRefused({ code: 'WaitsForParents' });
  });

  it('a claim of a task whose parents are all finished is as any other', () =>
    given(...waiting, promoted(minute(2)), unblocked(minute(2)))
      .when({ type: 'ClaimTask', worker: 'ada', at: minute(3), parents_seen: over })
      .then([{ type: 'TaskClaimed', run: 1 }]));

  it('nothing of it changes what a fold of the same events gives', () =>
    expect(fold(...waiting)).toMatchObject({ status: 'todo', parents: [PARENT], waived: [] }));
});
