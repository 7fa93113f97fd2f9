import { describe, expect, it } from '@jest/globals';
import { given, givenOn } from '../../support/given.ts';
import { beat, claimed, created, deferred, evidence, minute, probes, revoked, second, stopped, T0, watchdog, workerStarted } from '../../support/told.ts';

const byHand = [created(), claimed('ada', 1, T0)];
const spawned = [...byHand, workerStarted('ada', 1, T0)];
const silent = [...spawned, beat('ada', 1, minute(1), { claim_expires: minute(61) })];
const open = [...silent, revoked(1, minute(61))];
const judged = { type: 'JudgeRun', run: 1, judge: watchdog, view_behind: 0, discounted_ms: 0, only_certain: false } as const;
const report = { type: 'ReportStop' as const, run: 1, survivors: [], probe: probes.dead, judge: watchdog };
const operator = { probe: probes.alive } as const;

describe('a verdict (rule 5)', () => {
  it('revokes first where a child that Holdfast started must be stopped', () =>
    given(...silent)
      .when({ ...judged, probe: probes.alive, at: minute(61) })
      .then([{ type: 'RunRevoked', reason: 'heartbeat_stale', then: { to: 'ready' }, evidence: { heartbeat_stale: true, due_at: minute(61) } }], {
        verdict: 'revoked',
        status: 'running',
      }));

  it('reclaims at once what Holdfast did not start: it is fenced, not killed', () =>
    given(...byHand, beat('ada', 1, minute(1), { claim_expires: minute(61) }))
      .when({ ...judged, probe: probes.alive, at: minute(61) })
      .then([{ type: 'TaskReclaimed', reason: 'heartbeat_stale', stop: null }], { verdict: 'reclaimed', status: 'ready' }));

  it.each([
    { what: 'is dead', probe: probes.dead, reason: 'crashed' },
    { what: 'was of another boot', probe: probes.otherBoot, reason: 'host_restarted' },
  ])('reclaims at once when the child $what: there is nothing to stop', ({ probe, reason }) =>
    given(...spawned)
      .when({ ...judged, probe, at: minute(2) })
      .then([{ type: 'TaskReclaimed', reason, stop: null }], { verdict: 'reclaimed' }),
  );

  it('extends a run whose process lives, and embeds what it rested on', () =>
    given(...spawned)
      .when({ ...judged, probe: probes.alive, at: minute(15), view_behind: 3 })
      .then(
        [
          {
            type: 'ClaimExtended',
            why: 'process_alive',
            claim_expires: minute(30),
            evidence: {
              judged_revision: '2',
              view_behind: 3,
              policy: { claim_ttl_ms: { value: 900_000, source: 'default' }, heartbeat_max_stale_ms: { value: 3_600_000, source: 'default' } },
            },
          },
        ],
        { verdict: 'extended' },
      ));

  it('has nothing to say when a heartbeat landed meanwhile', () =>
    given(...silent, beat('ada', 1, minute(60), { claim_expires: minute(75) }))
      .when({ ...judged, probe: probes.alive, at: minute(61) })
      .thenNothing({ verdict: 'none' }));

  it('has nothing to say about a run that is over, or is not the open one', () => {
    given(created())
      .when({ ...judged, probe: probes.dead, at: minute(1) })
      .thenNothing({ verdict: 'none' });
    given(...byHand)
      .when({ ...judged, run: 2, probe: probes.dead, at: minute(1) })
      .thenNothing({ verdict: 'none' });
  });

  it('is not given again while the run is being stopped', () =>
    given(...open)
      .when({ ...judged, probe: probes.alive, at: minute(90) })
      .thenNothing({ verdict: 'none' }));
});

describe('after the revocation', () => {
  it('no beat wins and nothing extends', () => {
    given(...open)
      .when({ type: 'RecordHeartbeat', run: 1, worker: 'ada', at: minute(62) })
      .thenRefused({ code: 'StaleRun', directive: 'stop', reason: 'heartbeat_stale' }, [{ type: 'StaleCommandRefused', payload: {} }]);
    given(...open)
      .when({ type: 'ExtendClaim', run: 1, worker: 'ada', probe: probes.alive, judge: watchdog, at: minute(62) })
      .thenRefused({ code: 'StaleRun', directive: 'stop' });
  });

  it('nobody may claim the task before the child is stopped', () =>
    given(...open)
      .when({ type: 'ClaimTask', worker: 'bob', at: minute(62) })
      .thenRefused({ code: 'AlreadyClaimed', holder: 'ada', message: expect.stringContaining('reclaim t_7K3M9QX2VD --force') }));

  it('a confirmed stop reclaims by the judgement that revoked', () =>
    given(...open)
      .when({ ...report, stop: stopped(minute(62)), at: minute(62) })
      .then([{ type: 'TaskReclaimed', reason: 'heartbeat_stale', stop: { confirmed: true }, counts_as_failure: false }], {
        verdict: 'reclaimed',
        status: 'ready',
      }));

  it.each([
    {
      then: { to: 'archive', reason: 'obsolete' } as const,
      reason: 'cancelled' as const,
      events: [{ type: 'TaskArchived', cancelled: true, reason: 'obsolete' } as const],
      status: 'archived',
    },
    {
      then: { to: 'archive', reason: null } as const,
      reason: 'operator' as const,
      events: [{ type: 'TaskArchived', cancelled: false } as const],
      status: 'archived',
    },
    {
      then: { to: 'assign', assignee: 'bob' } as const,
      reason: 'operator' as const,
      events: [{ type: 'TaskAssigned', assignee: 'bob' } as const],
      status: 'ready',
    },
  ])('what was to come then ($then.to, $reason) is appended together with TaskReclaimed', ({ then, reason, events, status }) =>
    given(...silent, revoked(1, minute(61), { then, reason }))
      .when({ ...report, stop: stopped(minute(62)), at: minute(62) })
      .then([{ type: 'TaskReclaimed', reason }, ...events], { status }),
  );

  it('a revoked timeout counts as a failure once it is reclaimed, and may be the last', () =>
    given(created({ limits: { failure_limit: 1 } }), claimed('ada', 1, T0), workerStarted('ada', 1, T0), revoked(1, minute(1), { reason: 'timed_out' }))
      .when({ ...report, stop: stopped(minute(2)), at: minute(2) })
      .then([
        { type: 'TaskReclaimed', reason: 'timed_out', counts_as_failure: true },
        { type: 'TaskGaveUp', failures: 1, limit: 1, limit_source: 'task', tripped_by: 'timed_out' },
      ]));

  it.each([
    { times: 0, wait: 2 },
    { times: 1, wait: 4 },
    { times: 2, wait: 8 },
    { times: 4, wait: 32 },
    { times: 5, wait: 60 },
    { times: 9, wait: 60 },
  ])('a child that survived defers the reclaim: after $times tries for $wait minutes', ({ times, wait }) => {
    const before = times === 0 ? [] : [deferred(1, minute(62), times, minute(70))];
    given(...open, ...before)
      .when({ ...report, stop: stopped(minute(70), false), survivors: [41_207], at: minute(70) })
      .then([{ type: 'ReclaimDeferred', survivors: [41_207], times: times + 1, retry_at: minute(70 + wait) }], { verdict: 'deferred', status: 'running' });
  });

  it('two watchdogs that report the same survivor defer once', () =>
    given(...open, deferred(1, minute(62), 1, minute(64)))
      .when({ ...report, stop: stopped(minute(63), false), survivors: [41_207], at: minute(63) })
      .thenNothing({ verdict: 'deferred' }));

  it('a report about a run that is over, or not revoked, changes nothing', () => {
    given(created())
      .when({ ...report, stop: stopped(minute(1)), at: minute(1) })
      .thenNothing({ verdict: 'none' });
    given(...spawned)
      .when({ ...report, stop: stopped(minute(1)), at: minute(1) })
      .thenNothing({ verdict: 'none' });
  });

  it('a host that stays silent loses the run without a confirmed stop', () =>
    given(...open)
      .when({ ...judged, probe: probes.foreign, at: minute(62) })
      .then([{ type: 'TaskReclaimed', reason: 'heartbeat_stale', stop: { signals: [], confirmed: false, took_ms: 60_000 } }], { verdict: 'reclaimed' }));
});

describe('after the revocation, while a watchdog holds or held just now (rule 8)', () => {
  it('a host that seems silent keeps the run: the clock may have jumped', () =>
    given(...open)
      .when({ ...judged, only_certain: true, probe: probes.foreign, at: minute(62) })
      .thenNothing({ verdict: 'none' }));

  it('what is seen to be over is over', () =>
    given(...open)
      .when({ ...judged, only_certain: true, probe: probes.dead, at: minute(62) })
      .then([{ type: 'TaskReclaimed', stop: { confirmed: true } }]));
});

describe('an operator takes a running task back', () => {
  it.each([
    { said: { type: 'ReclaimTask', note: 'stuck', at: minute(2), ...operator }, reason: 'operator', then: { to: 'ready' } },
    { said: { type: 'CancelTask', note: 'obsolete', at: minute(2), ...operator }, reason: 'cancelled', then: { to: 'archive', reason: 'obsolete' } },
    { said: { type: 'ArchiveTask', at: minute(2), ...operator }, reason: 'operator', then: { to: 'archive', reason: null } },
    { said: { type: 'AssignTask', assignee: 'bob', at: minute(2), ...operator }, reason: 'operator', then: { to: 'assign', assignee: 'bob' } },
  ] as const)('$said.type revokes first, so that the child is stopped', ({ said, reason, then }) => {
    given(...spawned)
      .when(said)
      .then([{ type: 'RunRevoked', reason, then, evidence: { judge: { kind: 'operator' } } }], { verdict: 'revoked', status: 'running' });
  });

  it.each([
    { said: { type: 'ReclaimTask', at: minute(2) }, events: [{ type: 'TaskReclaimed', reason: 'operator' }], status: 'ready' },
    {
      said: { type: 'CancelTask', at: minute(2) },
      events: [
        { type: 'TaskReclaimed', reason: 'cancelled' },
        { type: 'TaskArchived', cancelled: true },
      ],
      status: 'archived',
    },
    {
      said: { type: 'ArchiveTask', at: minute(2) },
      events: [
        { type: 'TaskReclaimed', reason: 'operator' },
        { type: 'TaskArchived', cancelled: false },
      ],
      status: 'archived',
    },
    {
      said: { type: 'AssignTask', assignee: 'bob', at: minute(2) },
      events: [
        { type: 'TaskReclaimed', reason: 'operator' },
        { type: 'TaskAssigned', assignee: 'bob' },
      ],
      status: 'ready',
    },
  ] as const)('$said.type at once where Holdfast started nothing', ({ said, events, status }) =>
    given(...byHand)
      .when(said)
      .then(events, { verdict: 'reclaimed', status }),
  );

  it.each(['ReclaimTask', 'CancelTask', 'ArchiveTask'] as const)('%s --force does not wait for the stop', (type) =>
    given(...spawned)
      .when({ type, force: true, at: minute(2), ...operator })
      .then([{ type: 'TaskReclaimed', stop: { confirmed: false } }, ...(type === 'ReclaimTask' ? [] : [{ type: 'TaskArchived' } as const])]),
  );

  it('again while it is being stopped: nothing more happens', () => {
    const history = [...spawned, revoked(1, minute(1), { reason: 'operator' })];
    given(...history)
      .when({ type: 'ReclaimTask', at: minute(2), ...operator })
      .thenNothing({ verdict: 'revoked' });
  });

  it('the newest wish decides what comes then, and since when it is revoked stays', () => {
    const { then, after } = given(...open).when({ type: 'CancelTask', note: 'obsolete', at: minute(63), ...operator });
    then([{ type: 'RunRevoked', reason: 'cancelled', then: { to: 'archive', reason: 'obsolete' } }]);
    given(...open, revoked(1, minute(63), { reason: 'cancelled', then: { to: 'archive', reason: null } }))
      .when({ type: 'CancelTask', at: minute(64), ...operator })
      .thenNothing({ verdict: 'revoked' });
    if (after.status !== 'running' || after.run.revoked?.at !== minute(61)) throw new Error('the revocation began anew');
  });

  it.each([
    { type: 'ReclaimTask', reason: 'heartbeat_stale', then: [] },
    { type: 'CancelTask', reason: 'cancelled', then: [{ type: 'TaskArchived', cancelled: true }] },
  ] as const)('$type --force ends a revocation that hangs', ({ type, reason, then }) =>
    given(...open, deferred(1, minute(62), 1, minute(64)))
      .when({ type, force: true, at: minute(63), ...operator })
      .then([{ type: 'TaskReclaimed', reason, stop: { confirmed: false, took_ms: 120_000 } }, ...then], { verdict: 'reclaimed' }),
  );

  it('assigning it back while it is being stopped for another is such a wish too', () =>
    given(
      created({ assignee: 'ada' }),
      claimed('ada', 1, minute(0)),
      workerStarted('ada', 1, minute(0)),
      revoked(1, minute(1), { then: { to: 'assign', assignee: 'bob' } }),
    )
      .when({ type: 'AssignTask', assignee: 'ada', at: minute(2) })
      .then([{ type: 'RunRevoked', then: { to: 'assign', assignee: 'ada' } }]));

  it('assigning a running task to whom it belongs already changes nothing', () =>
    given(created({ assignee: 'bob' }), claimed('bob', 1, T0))
      .when({ type: 'AssignTask', assignee: 'bob', at: minute(2) })
      .thenNothing({ verdict: 'none' }));

  it('keeps the reason that the judgement had, with its evidence', () =>
    givenOn({}, ...silent, revoked(1, minute(61), { evidence: evidence(minute(61), { heartbeat_stale: true }) }))
      .when({ ...report, stop: stopped(second(3700)), at: second(3700) })
      .then([{ type: 'TaskReclaimed', evidence: { heartbeat_stale: true, judged_at: minute(61) } }]));
});
