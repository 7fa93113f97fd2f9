import { describe, it, expect } from '@jest/globals';
import type { TaskCommandType } from '../../../src/domain/task/commands.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { given, type Said } from '../../support/given.ts';
import { beat, claimed, created, minute, probes, second, stopped, T0, watchdog, workerStarted } from '../../support/told.ts';

// The reference system's own stories, with its numbers (facts/hermes-kanban.md §1.4–§1.6).
const judged = (at: string): Said<'JudgeRun'> => ({
  type: 'JudgeRun',
  run: 1,
  probe: probes.alive,
  judge: watchdog,
  view_behind: 0,
  discounted_ms: 0,
  only_certain: false,
  at,
});
const spawned = [created(), claimed('ada', 1, T0), workerStarted('ada', 1, T0)];

describe('a beat frozen for 91 minutes under a live process', () => {
  const frozen = [...spawned, beat('ada', 1, T0)];

  it('is revoked, with heartbeat_stale true in the evidence', () =>
    given(...frozen)
      .when(judged(minute(91)))
      .then([{ type: 'RunRevoked', reason: 'heartbeat_stale', evidence: { heartbeat_stale: true, last_heartbeat_at: T0, last_heartbeat_revision: '3' } }]));

  it('and reclaimed as soon as its child is stopped, by the same evidence', () => {
    const { events } = given(...frozen).when(judged(minute(91)));
    given(...frozen, ...events)
      .when({ type: 'ReportStop', run: 1, stop: stopped(minute(92)), survivors: [], probe: probes.dead, judge: watchdog, at: minute(92) })
      .then(
        [{ type: 'TaskReclaimed', reason: 'heartbeat_stale', counts_as_failure: false, evidence: { heartbeat_stale: true, probe: { process: 'alive' } } }],
        { status: 'ready' },
      );
  });

  it('is reclaimed at once where nobody was spawned', () =>
    given(created(), claimed('ada', 1, T0), beat('ada', 1, T0))
      .when(judged(minute(91)))
      .then([{ type: 'TaskReclaimed', reason: 'heartbeat_stale', evidence: { heartbeat_stale: true } }]));
});

it('no beat yet and a live process: extended, and heartbeat_stale is false', () =>
  given(...spawned)
    .when(judged(minute(15)))
    .then([{ type: 'ClaimExtended', claim_expires: minute(30), evidence: { heartbeat_stale: false, last_heartbeat_at: null } }]));

it('a live but silent worker is extended up to the hour after its last beat, then loses its lease', () => {
  const history: TaskEvent[] = [...spawned, beat('ada', 1, T0)];
  const said: string[] = [];
  for (let at = 15; at <= 60; at += 15) {
    const { events } = given(...history).when(judged(minute(at)));
    history.push(...events);
    said.push(...events.map(({ type, data }) => ('claim_expires' in data ? `${type} ${data.claim_expires}` : type)));
  }
  expect(said).toEqual([`ClaimExtended ${minute(30)}`, `ClaimExtended ${minute(45)}`, `ClaimExtended ${minute(60)}`, 'RunRevoked']);
});

it('a lease rewound into the past, then a beat: claim_expires is at least half a lease ahead', () => {
  const { after } = given(created(), claimed('ada', 1, T0, { claim_expires: minute(-60) })).when({
    type: 'RecordHeartbeat',
    run: 1,
    worker: 'ada',
    at: second(30),
  });
  expect(after.status === 'running' && after.run.claim_expires >= second(30 + 450)).toBe(true);
});

it('the worker of a reclaimed run beats, completes, fails, blocks: all refused, the successor done by itself', () => {
  const history: TaskEvent[] = [created(), claimed('ada', 1, T0)];
  const say = <Type extends TaskCommandType>(said: Said<Type>): string => {
    const { events, answer } = given(...history).when(said);
    history.push(...events);
    return answer.ok ? events.map(({ type }) => type).join() : `${answer.code} ${events.map(({ type }) => type).join()}`;
  };
  const late = { run: 1, worker: 'ada' };
  expect([
    say({ ...judged(minute(16)), probe: probes.unknown }),
    say({ type: 'ClaimTask', worker: 'bob', at: minute(17) }),
    say({ type: 'RecordHeartbeat', ...late, at: minute(18) }),
    say({ type: 'CompleteTask', ...late, summary: 'packed', at: minute(18) }),
    say({ type: 'FailRun', ...late, error: 'disk full', at: minute(18) }),
    say({ type: 'BlockTask', ...late, reason: 'why?', at: minute(18) }),
    say({ type: 'CompleteTask', run: 2, worker: 'bob', summary: 'done', at: minute(19) }),
  ]).toEqual([
    'TaskReclaimed',
    'TaskClaimed',
    'StaleRun StaleCommandRefused', // a sign of life
    'StaleRun StaleCommandRefused',
    'StaleRun StaleCommandRefused',
    'StaleRun StaleCommandRefused',
    'TaskCompleted',
  ]);
});
