import { describe, it, expect } from '@jest/globals';
import { elapsed } from '../../../src/domain/instant.ts';
import { FAILURE_OUTCOMES, OUTCOMES, RECLAIM_REASONS, RELEASE_REASONS } from '../../../src/domain/outcomes.ts';
import { COMMANDS } from '../../../src/domain/task/commands.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { fold, given, givenOn } from '../../support/given.ts';
import {
  archived,
  beat,
  claimed,
  completed,
  created,
  failed,
  gaveUp,
  minute,
  probes,
  reclaimed,
  released,
  second,
  T0,
  TASK,
  unblocked,
  watchdog,
  workerStarted,
} from '../../support/told.ts';

/** 30 s after the failure at minute 1, less the jitter of run 1 of this task. */
const BACK_1 = '2026-11-21T09:01:25.261Z';

const run1 = [created(), claimed('ada', 1, T0)];
const once = [...run1, failed('ada', 1, minute(1)), claimed('ada', 2, minute(2))];
const failure = { type: 'FailRun', run: 1, worker: 'ada', error: 'exit 1', at: minute(1) } as const;
const judged = {
  type: 'JudgeRun',
  run: 1,
  judge: watchdog,
  view_behind: 0,
  discounted_ms: 0,
  only_certain: false,
  probe: probes.deadByHand,
  at: minute(1),
} as const;

describe('how a run can end (rule 6)', () => {
  it('stands in one table, with what counts as a failure', () =>
    expect(Object.fromEntries(Object.entries(OUTCOMES).map(([ended, { counts }]) => [ended, counts]))).toEqual({
      lease_expired: false,
      heartbeat_stale: false,
      running_stale: false,
      no_progress: false,
      supervisor_lost: false,
      host_restarted: false,
      operator: false,
      cancelled: false,
      crashed: true,
      timed_out: true,
      failed: true,
      spawn_failed: true,
      no_verdict: true,
      rate_limited: false,
      worker: false,
      shutdown: false,
      over_cap: false,
    }));

  it.each([
    { event: 'TaskReclaimed', says: RECLAIM_REASONS },
    { event: 'RunFailed', says: FAILURE_OUTCOMES },
    { event: 'ClaimReleased', says: RELEASE_REASONS },
  ])('that table names every end that $event may say, and no other', ({ event, says }) => {
    const named = Object.entries(OUTCOMES).flatMap(([ended, row]) => (row.event.split(' or ').includes(event) ? [ended] : []));
    expect(named.toSorted()).toEqual([...says].toSorted());
  });

  it.each(['failed', 'crashed', 'spawn_failed', 'timed_out', 'no_verdict'] as const)('%s counts as a failure', (outcome) => {
    const { then, after } = given(...run1).when({ ...failure, outcome });
    then([{ type: 'RunFailed', outcome, counts_as_failure: true, not_before: BACK_1 }], { gave_up: false, status: 'ready', not_before: BACK_1 });
    expect(after).toMatchObject({ failures: 1, last_error: 'exit 1', not_before: BACK_1 });
  });

  it('a rate limit counts as none, and lets the task cool down for 300 s', () => {
    const { then, after } = given(...run1).when({ ...failure, outcome: 'rate_limited' });
    then([{ type: 'RunFailed', outcome: 'rate_limited', counts_as_failure: false, not_before: minute(6) }]);
    expect(after).toMatchObject({ failures: 0, not_before: minute(6) });
  });

  it('a rate limit that says when to come again is believed before the cool-down of the board, also where that is off', () => {
    const told = { ...failure, outcome: 'rate_limited', retry_after_ms: 600_000 } as const;
    given(...run1)
      .when(told)
      .then([{ type: 'RunFailed', not_before: minute(11), retry_after_ms: 600_000 }]);
    givenOn({ rate_limit_cooldown_ms: 0 }, ...run1)
      .when(told)
      .then([{ type: 'RunFailed', not_before: minute(11) }]);
  });

  it.each([
    { retry_after_ms: 999, outcome: 'rate_limited' },
    { retry_after_ms: 86_400_001, outcome: 'rate_limited' },
    { retry_after_ms: -1, outcome: 'rate_limited' },
    { retry_after_ms: 60_000, outcome: 'failed' },
  ])('when to come again is from 1 s to 24 h, and of a rate limit: not %j', (said) => {
    expect(COMMANDS.FailRun.safeParse({ ...failure, task_id: TASK, ...said }).success).toBe(false);
  });

  it('a rate limit without a cool-down lets it go on at once', () =>
    givenOn({ rate_limit_cooldown_ms: 0 }, ...run1)
      .when({ ...failure, outcome: 'rate_limited' })
      .then([{ type: 'RunFailed', not_before: null }]));

  it.each(['worker', 'shutdown', 'over_cap'] as const)('given back (%s): no failure is counted', (reason) => {
    const { then, after } = given(...run1).when({ type: 'ReleaseClaim', run: 1, worker: 'ada', reason, at: minute(1) });
    then([{ type: 'ClaimReleased', reason }], { status: 'ready' });
    expect(after).toMatchObject({ failures: 0, runs: [{ end: reason }] });
  });

  it.each([
    { reason: 'lease_expired', probe: probes.unknown, at: minute(17) },
    { reason: 'heartbeat_stale', probe: probes.alive, at: minute(63), beats: [beat('ada', 2, minute(3), { claim_expires: minute(63) })] },
    { reason: 'running_stale', probe: probes.alive, at: minute(242) },
    { reason: 'no_progress', probe: probes.alive, at: minute(13), beats: [beat('ada', 2, minute(3))], policy: { progress_timeout_ms: 600_000 } },
    { reason: 'supervisor_lost', probe: probes.orphan, at: minute(3) },
    { reason: 'host_restarted', probe: probes.otherBoot, at: minute(3) },
  ])('reclaimed as $reason: no failure is counted, and one before it does not make the task give up', ({ reason, probe, at, beats = [], policy = {} }) => {
    const { then, after } = givenOn(policy, ...once, ...beats).when({ ...judged, run: 2, probe, at });
    then([{ type: 'TaskReclaimed', reason, counts_as_failure: false, not_before: null }], { verdict: 'reclaimed', status: 'ready' });
    expect(after).toMatchObject({ failures: 1 });
  });

  it.each([
    { what: 'after a rate limit', said: { ...failure, run: 2, outcome: 'rate_limited', at: minute(3) }, type: 'RunFailed' },
    { what: 'when a person takes it back', said: { type: 'ReclaimTask', by_human: true, probe: probes.alive, at: minute(3) }, type: 'TaskReclaimed' },
  ] as const)('it does not give up $what either', ({ said, type }) =>
    given(...once)
      .when(said)
      .then([{ type, counts_as_failure: false }], { status: 'ready' }),
  );

  it('a crash seen by the watchdog counts', () =>
    given(...run1)
      .when(judged)
      .then([{ type: 'TaskReclaimed', reason: 'crashed', counts_as_failure: true }]));

  it('a verdict that counts says in its evidence of how many failures it is one, and whose limit that is', () => {
    const task = givenOn({ failure_limit: 3 }, ...run1);
    task
      .when({ ...judged, probe: probes.deadByHand, at: minute(1) })
      .then([{ type: 'TaskReclaimed', evidence: { policy: { failure_limit: { value: 3, source: 'board' } } } }]);
    const [expired] = task.when({ ...judged, probe: probes.unknown, at: minute(15) }).events;
    expect(expired).toMatchObject({
      data: { reason: 'lease_expired', evidence: { policy: expect.not.objectContaining({ failure_limit: expect.anything() }) } },
    });
  });
});

describe('the back-off between runs', () => {
  it.each([
    { policy: {}, source: 'default', value: 30_000 },
    { policy: { retry_backoff_ms: 1000 }, source: 'board', value: 1000 },
  ])('says that its base of $value ms is the $source’s', ({ policy, source, value }) =>
    givenOn(policy, ...run1)
      .when(failure)
      .then([
        { type: 'RunFailed', backoff: { failures: 1, retry_backoff_ms: { value, source }, retry_backoff_max_ms: { value: 3_600_000, source: 'default' } } },
      ]),
  );

  it('grows with each failure in a row', () => {
    const limits = { failure_limit: 5 };
    const history = [created({ limits }), claimed('ada', 1, T0), failed('ada', 1, minute(1)), claimed('ada', 2, minute(2))];
    const { events } = given(...history).when({ ...failure, run: 2, at: minute(3) });
    const [event] = events;
    const waited = event?.type === 'RunFailed' ? elapsed(minute(3), event.data.not_before ?? minute(3)) : 0;
    expect(waited).toBeGreaterThanOrEqual(45_000);
    expect(waited).toBeLessThanOrEqual(60_000);
  });

  it('follows a crash that the watchdog saw, like any other failure', () =>
    given(...run1)
      .when(judged)
      .then([{ type: 'TaskReclaimed', reason: 'crashed', not_before: BACK_1, backoff: { failures: 1 } }]));

  it('does not follow an end that counts as no failure', () => {
    for (const probe of [probes.orphan, probes.otherBoot])
      given(...run1)
        .when({ ...judged, probe })
        .then([{ type: 'TaskReclaimed', counts_as_failure: false, not_before: null }]);
  });

  it('is off with 0', () =>
    givenOn({ retry_backoff_ms: 0 }, ...run1)
      .when(failure)
      .then([{ type: 'RunFailed', not_before: null }], { not_before: null }));

  it('does not delay a task that gave up: it waits for a person', () =>
    givenOn({ failure_limit: 1 }, ...run1)
      .when(failure)
      .then([{ type: 'RunFailed', not_before: null }, { type: 'TaskGaveUp' }], { not_before: null }));

  const waits = [...run1, failed('ada', 1, minute(1), { not_before: BACK_1 })];
  it('keeps the task from being claimed before, and says until when and why', () => {
    given(...waits)
      .when({ type: 'ClaimTask', worker: 'bob', at: second(85) })
      .thenRefused({ code: 'NotClaimable', waiting_for: 'back_off', not_before: BACK_1 });
    given(...waits)
      .when({ type: 'ClaimTask', worker: 'bob', at: BACK_1 })
      .then([{ type: 'TaskClaimed', run: 2 }]);
  });

  it('is ended by a person, with a clean failure count; not by an agent, who would go round the breaker', () => {
    const ended = given(...waits).when({ type: 'UnblockTask', by_human: true, at: second(70) });
    ended.then([{ type: 'TaskUnblocked' }], { status: 'ready' });
    expect(ended.after).toMatchObject({ failures: 0, not_before: null });
    given(...waits)
      .when({ type: 'UnblockTask', at: second(70) })
      .thenNothing({ repeated: true });
  });
});

describe('the breaker', () => {
  it('gives up at the second failure in a row, in the same decision', () => {
    const { then, after } = given(...once).when({ ...failure, run: 2, at: minute(3) });
    then([{ type: 'RunFailed' }, { type: 'TaskGaveUp', run: 2, failures: 2, limit: 2, limit_source: 'default', tripped_by: 'failed' }], {
      gave_up: true,
      status: 'blocked',
    });
    expect(after).toMatchObject({ blocked: { by: 'breaker', failures: 2, limit: 2 } });
  });

  it('counts a crash that the watchdog reclaimed like any other failure', () =>
    given(...once)
      .when({ ...judged, run: 2, at: minute(3) })
      .then(
        [
          { type: 'TaskReclaimed', reason: 'crashed' },
          { type: 'TaskGaveUp', failures: 2 },
        ],
        { status: 'blocked' },
      ));

  it.each([
    { from: 'task', board: { failure_limit: 5 }, limits: { failure_limit: 1 } },
    { from: 'board', board: { failure_limit: 1 }, limits: {} },
  ] as const)('takes its limit from the $from before the others', ({ from, board, limits }) =>
    givenOn(board, created({ limits }), claimed('ada', 1, T0))
      .when(failure)
      .then([{ type: 'RunFailed' }, { type: 'TaskGaveUp', limit: 1, limit_source: from }]),
  );

  const otherEnds: readonly { readonly what: string; readonly events: readonly TaskEvent[] }[] = [
    { what: 'a reclaim without a failure', events: [reclaimed(2, minute(20))] },
    { what: 'a release', events: [released('ada', 2, minute(3))] },
    { what: 'a rate limit', events: [failed('ada', 2, minute(3), { outcome: 'rate_limited', counts_as_failure: false })] },
  ];
  it.each(otherEnds)('is neither tripped nor reset by $what', ({ events }) => expect(fold(...once, ...events)).toMatchObject({ status: 'ready', failures: 1 }));

  const resets: readonly { readonly what: string; readonly events: readonly TaskEvent[] }[] = [
    { what: 'completion', events: [completed('ada', 2, minute(3))] },
    { what: 'an operator’s reclaim', events: [reclaimed(2, minute(3), { reason: 'operator' })] },
    { what: 'a new assignee', events: [{ type: 'TaskAssigned', data: { at: minute(3), assignee: 'bob' } }] },
    { what: 'unblock', events: [failed('ada', 2, minute(3)), gaveUp(2, minute(3)), unblocked(minute(4))] },
  ];
  it.each(resets)('starts counting anew after $what', ({ events }) => expect(fold(...once, ...events)).toMatchObject({ failures: 0 }));

  const given_up = [...once, failed('ada', 2, minute(3)), gaveUp(2, minute(3))];
  it('keeps the task from being claimed until a person acts', () =>
    given(...given_up)
      .when({ type: 'ClaimTask', worker: 'bob', at: minute(9) })
      .thenRefused({ code: 'NotClaimable', status: 'blocked' }));

  it.each([
    { said: { type: 'UnblockTask', by_human: true, at: minute(9) }, events: [{ type: 'TaskUnblocked' }] },
    { what: 'when a person takes it back', said: { type: 'ReclaimTask', by_human: true, at: minute(9) }, events: [{ type: 'TaskUnblocked' }] },
    { said: { type: 'AssignTask', by_human: true, assignee: 'bob', at: minute(9) }, events: [{ type: 'TaskAssigned' }, { type: 'TaskUnblocked' }] },
  ] as const)('lets it go on when a person says $said.type', ({ said, events }) =>
    given(...given_up)
      .when(said)
      .then(events, { status: 'ready' }),
  );

  it('stays given up whatever an agent says', () => {
    for (const type of ['UnblockTask', 'ReclaimTask'] as const)
      given(...given_up)
        .when({ type, at: minute(9) })
        .thenRefused({ code: 'HumanRequired', waiting_for: 'breaker' });
    given(...given_up)
      .when({ type: 'AssignTask', assignee: 'bob', at: minute(9) })
      .thenRefused({ code: 'HumanRequired', waiting_for: 'breaker' });
    given(...given_up)
      .when({ type: 'PromoteTask', at: minute(9) })
      .thenRefused({ code: 'WrongStatus', status: 'blocked' });
  });

  it('is not gone round by way of the archive', () => {
    const shelved = [...given_up, archived(minute(8))];
    given(...shelved)
      .when({ type: 'ReopenTask', at: minute(9) })
      .thenRefused({ code: 'HumanRequired', waiting_for: 'breaker' });
    given(...shelved)
      .when({ type: 'ReopenTask', by_human: true, at: minute(9) })
      .then([{ type: 'TaskReopened' }], { status: 'ready' });
  });

  it('does not give up a task that is being cancelled', () =>
    given(...once, workerStarted('ada', 2, minute(2)))
      .when({ type: 'CancelTask', probe: probes.dead, at: minute(3) })
      .then([
        { type: 'TaskReclaimed', reason: 'cancelled', counts_as_failure: false },
        { type: 'TaskArchived', cancelled: true },
      ]));
});
