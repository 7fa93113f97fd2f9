import { describe, it, expect } from '@jest/globals';
import { boardOf, fold, given, givenOn } from '../../support/given.ts';
import { beat, claimed, created, failed, host, minute, probes, reclaimed, second, started, T0, watchdog, workerStarted } from '../../support/told.ts';

const claim = { type: 'ClaimTask', worker: 'bob', at: minute(30) } as const;

describe('a claim (rule 3)', () => {
  it('opens run 1 of a ready task with the default lease', () =>
    given(created())
      .when(claim)
      .then([{ type: 'TaskClaimed', run: 1, worker: 'bob', lease_ms: 900_000, lease_source: 'default', claim_expires: minute(45) }], {
        run: 1,
        beat_within_ms: 300_000,
        previous_runs: [],
      }));

  it.each([
    { from: 'board', policy: { claim_ttl_ms: 60_000 }, limits: {}, call: {}, lease_ms: 60_000 },
    { from: 'task', policy: { claim_ttl_ms: 60_000 }, limits: { claim_ttl_ms: 30_000 }, call: {}, lease_ms: 30_000 },
    { from: 'call', policy: { claim_ttl_ms: 60_000 }, limits: { claim_ttl_ms: 30_000 }, call: { lease_ms: 5000 }, lease_ms: 5000 },
  ])('takes its lease from the $from before the others', ({ from, policy, limits, call, lease_ms }) =>
    givenOn(policy, created({ limits }))
      .when({ ...claim, ...call })
      .then([{ type: 'TaskClaimed', lease_ms, lease_source: from }]),
  );

  it('loses to the one that holds the task, and is told who and until when', () =>
    given(created(), claimed('ada', 1, T0))
      .when(claim)
      .thenRefused({ code: 'AlreadyClaimed', holder: 'ada', claim_expires: minute(15) }));

  it('starts clean: no beat, process, progress or lease of the run before is inherited', () => {
    const { after } = given(
      created(),
      claimed('ada', 1, T0, { process: { ...host, pid: 7, started_at: '1' } }),
      workerStarted('ada', 1, second(1)),
      beat('ada', 1, second(2), { note: 'halfway', lease_ms: 5000 }),
      reclaimed(1, minute(20)),
    ).when(claim);
    expect(after).toMatchObject({
      run: { run: 2, lease_ms: 900_000, process: null, started: null, last_beat: null, beats: 0, progress: { note: null }, revoked: null, kept: [] },
    });
  });

  it('is told how the earlier runs ended and what they left', () =>
    given(created(), claimed('ada', 1, T0), beat('ada', 1, second(2), { checkpoint: { done: 4 } }), reclaimed(1, minute(20)))
      .when(claim)
      .then([{ type: 'TaskClaimed', run: 2 }], {
        previous_runs: [{ run: 1, worker: 'ada', end: 'lease_expired', beats: 1, progress: { checkpoint: { done: 4 } } }],
      }));

  it('does not inherit an old beat: a healthy second run is not judged by it', () =>
    given(
      created(),
      claimed('ada', 1, T0),
      beat('ada', 1, second(2)),
      reclaimed(1, minute(200)),
      claimed('bob', 2, minute(201)),
      workerStarted('bob', 2, minute(201)),
    )
      .when({ type: 'JudgeRun', run: 2, probe: probes.alive, judge: watchdog, view_behind: 0, discounted_ms: 0, only_certain: false, at: minute(217) })
      .then([{ type: 'ClaimExtended' }]));
});

describe('a ready task may not be claimed yet', () => {
  it('on a paused board', () =>
    givenOn({ ...boardOf(), paused: { since: T0, reason: 'release' } }, created())
      .when(claim)
      .thenRefused({ code: 'BoardPaused', since: T0, reason: 'release' }));

  it('while it cools down after a rate limit', () => {
    const history = [
      created(),
      claimed('ada', 1, T0),
      failed('ada', 1, minute(28), { outcome: 'rate_limited', counts_as_failure: false, not_before: minute(33) }),
    ];
    given(...history)
      .when(claim)
      .thenRefused({ code: 'NotClaimable', waiting_for: 'cool_down', not_before: minute(33) });
    given(...history)
      .when({ ...claim, at: minute(33) })
      .then([{ type: 'TaskClaimed', run: 2 }]);
  });

  it('when it is assigned to somebody else, unless claimed on their behalf', () => {
    const task = created({ assignee: 'packer' });
    given(task).when(claim).thenRefused({ code: 'NotClaimable', assignee: 'packer' });
    given(task)
      .when({ ...claim, assignee: 'packer' })
      .then([{ type: 'TaskClaimed', worker: 'bob' }]);
    given(task)
      .when({ ...claim, worker: 'packer' })
      .then([{ type: 'TaskClaimed', worker: 'packer' }]);
  });

  it('while a child that Holdfast started for an earlier run lives on this host, unless forced (rule 5)', () => {
    const history = [created(), claimed('ada', 1, T0), workerStarted('ada', 1, T0), reclaimed(1, minute(20))];
    given(...history)
      .when({ ...claim, lingering: true })
      .thenRefused({ code: 'StillAlive', children: [{ run: 1, pid: 41_207 }] });
    given(...history)
      .when({ ...claim, lingering: true, force: true })
      .then([{ type: 'TaskClaimed', run: 2 }]);
  });

  it('on a board that this version cannot read', () =>
    givenOn({ ...boardOf(), unreadable: { revision: '3', type: 'PolicyChanged.v9', why: 'unknown' } }, created())
      .when(claim)
      .thenRefused({ code: 'Unreadable', revision: '3' }));
});

describe('the child that Holdfast started', () => {
  const running = [created(), claimed('ada', 1, T0), workerStarted('ada', 1, T0)];

  it('is refused while another child of the run lives: nobody would know of the first one', () => {
    const other = { type: 'RecordWorkerStarted', run: 1, worker: 'ada', ...started, child: { ...started.child, pid: 7, pgid: 7 }, at: minute(1) } as const;
    given(...running)
      .when({ ...other, lingering: true })
      .thenRefused({ code: 'StillAlive', pid: started.child.pid });
    given(...running)
      .when(other)
      .then([{ type: 'WorkerStarted', child: { pid: 7 } }]);
    given(...running)
      .when({ ...other, child: started.child, lingering: true })
      .thenNothing();
  });

  it.each([
    { what: 'the worker failed by itself: it may still live', end: failed('ada', 1, minute(1), { exit_code: null }), known: true },
    { what: 'its exit was seen', end: failed('ada', 1, minute(1)), known: false },
    { what: 'it was not seen gone when the run was reclaimed', end: reclaimed(1, minute(1)), known: true },
    {
      what: 'it was seen gone when the run was reclaimed',
      end: reclaimed(1, minute(1), { stop: { signals: [], confirmed: true, gone_at: null, took_ms: 0 } }),
      known: false,
    },
  ])('is remembered after its run only as long as it may live: $what', ({ end, known }) => {
    const task = fold(...running, end);
    expect('runs' in task && task.runs.at(-1)?.child !== null).toBe(known);
  });
});
