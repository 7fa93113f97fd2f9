import { describe, it, expect } from '@jest/globals';
import type { Probe } from '../../../src/domain/process.ts';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import { judge, nextLook, type Verdict } from '../../../src/domain/task/judge.ts';
import { VERDICTS } from '../../../src/domain/task/verdicts.ts';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { toMs, type Instant } from '../../../src/domain/instant.ts';
import { boardOf, fold } from '../../support/given.ts';
import { beat, claimed, created, deferred, later, minute, probes, revoked, second, T0, workerStarted } from '../../support/told.ts';

type Look = { readonly discounted_ms?: number; readonly only_certain?: boolean; readonly policy?: PolicyValues };
const look = (probe: Probe, now: Instant, history: readonly TaskEvent[], { discounted_ms = 0, only_certain = false, policy = {} }: Look = {}): Verdict => {
  const task = fold(...history);
  if (task.status !== 'running') throw new Error('no open run');
  return judge(task, { probe, now, discounted_ms, only_certain }, { task: task.limits, board: boardOf(policy).policy });
};
const reason = (verdict: Verdict): string => (verdict.kind === 'end' ? verdict.reason : verdict.kind);

const byHand = [created(), claimed('ada', 1, T0)];
const spawned = [...byHand, workerStarted('ada', 1, T0)];
const beaten = [...spawned, beat('ada', 1, minute(1))];
const silent = [...spawned, beat('ada', 1, minute(1), { claim_expires: minute(61) })];
const MS = 1;

describe('the verdict table (rule 4), row by row', () => {
  it('has the rows of the design in its order', () =>
    expect(VERDICTS.map(({ verdict }) => verdict)).toEqual([
      'host_restarted',
      'crashed',
      'supervisor_lost',
      'timed_out',
      'running_stale',
      'no_progress',
      'heartbeat_stale',
      'lease_expired',
      'lease_expired',
      'extend',
    ]));

  it.each([
    { row: 'of another boot of this host: at once', probe: probes.otherBoot, at: second(1), history: beaten, verdict: 'host_restarted' },
    { row: 'dead and its supervisor dead: at once', probe: probes.dead, at: second(1), history: beaten, verdict: 'crashed' },
    { row: 'dead without a supervisor: at once', probe: probes.deadByHand, at: second(1), history: byHand, verdict: 'crashed' },
    { row: 'dead, its supervisor silent for 30 s', probe: probes.deadUnder(minute(2)), at: second(150), history: beaten, verdict: 'crashed' },
    { row: 'dead, its supervisor may still book it', probe: probes.deadUnder(minute(2)), at: later(second(150), -MS), history: beaten, verdict: 'none' },
    { row: 'alive, its supervisor dead: at once', probe: probes.orphan, at: second(1), history: beaten, verdict: 'supervisor_lost' },
    { row: 'silent over 4 h and no beat for 1 h', probe: probes.alive, at: minute(240), history: silent, verdict: 'running_stale' },
    { row: 'over 4 h and no beat ever', probe: probes.alive, at: minute(240), history: spawned, verdict: 'running_stale' },
    { row: 'under 4 h without a beat', probe: probes.alive, at: later(minute(240), -MS), history: spawned, verdict: 'extend' },
    { row: 'over 4 h but beaten within 1 h', probe: probes.alive, at: minute(241), history: [...spawned, beat('ada', 1, minute(200))], verdict: 'extend' },
    { row: 'lease over, alive, beat older than 1 h', probe: probes.alive, at: minute(61), history: silent, verdict: 'heartbeat_stale' },
    { row: 'lease over, alive, beat a moment younger', probe: probes.alive, at: later(minute(61), -MS), history: beaten, verdict: 'extend' },
    { row: 'lease over, no process known', probe: probes.unknown, at: minute(15), history: byHand, verdict: 'lease_expired' },
    { row: 'lease not over, no process known', probe: probes.unknown, at: later(minute(15), -MS), history: byHand, verdict: 'none' },
    { row: 'on another host, lease over for 60 s', probe: probes.foreign, at: minute(16), history: byHand, verdict: 'lease_expired' },
    { row: 'on another host, its watchdog judges first', probe: probes.foreign, at: later(minute(16), -MS), history: byHand, verdict: 'none' },
    { row: 'lease over, alive, beat fresh', probe: probes.alive, at: minute(16), history: beaten, verdict: 'extend' },
    { row: 'lease over, alive, no beat yet', probe: probes.alive, at: minute(15), history: spawned, verdict: 'extend' },
    { row: 'lease not over, alive', probe: probes.alive, at: minute(14), history: spawned, verdict: 'none' },
  ])('$row → $verdict', ({ probe, at, history, verdict }) => expect(reason(look(probe, at, history))).toBe(verdict));

  it.each([
    { process: 'alive', probe: probes.alive, verdict: 'timed_out' },
    { process: 'dead under a living supervisor', probe: probes.deadUnder(minute(10)), verdict: 'timed_out' },
    { process: 'unknown', probe: probes.unknown, verdict: 'timed_out' },
    { process: 'foreign: judged by its own row only', probe: probes.foreign, verdict: 'none' },
  ])('over max_runtime, process $process → $verdict', ({ probe, verdict }) => {
    const policy = { max_runtime_ms: 600_000 };
    expect(reason(look(probe, minute(10), beaten, { policy }))).toBe(verdict);
    expect(reason(look(probe, later(minute(10), -MS), beaten, { policy }))).toBe('none');
  });

  it('says for people what was the case, with the value and where it came from', () => {
    const verdict = look(probes.alive, minute(61), silent);
    expect(verdict).toMatchObject({ rule: 'lease over, process alive, beat older than heartbeat_max_stale 1h (default)', due_at: minute(61) });
  });
});

describe('the progress timeout', () => {
  const policy = { progress_timeout_ms: 600_000 };
  const at10 = beat('ada', 1, minute(2), { percent: 10, checkpoint: { done: 1 } });
  const judgedAt = (history: readonly TaskEvent[], at: Instant, probe: Probe = probes.alive) => reason(look(probe, at, [...spawned, ...history], { policy }));

  it.each([
    { what: 'only a note', later: beat('ada', 1, minute(9), { note: 'still here' }), since: minute(2) },
    { what: 'nothing', later: beat('ada', 1, minute(9)), since: minute(2) },
    { what: 'the same percent and checkpoint', later: beat('ada', 1, minute(9), { percent: 10, checkpoint: { done: 1 } }), since: minute(2) },
    { what: 'another percent', later: beat('ada', 1, minute(9), { percent: 11 }), since: minute(9) },
    { what: 'another checkpoint', later: beat('ada', 1, minute(9), { checkpoint: { done: 2 } }), since: minute(9) },
    { what: 'a lower percent', later: beat('ada', 1, minute(9), { percent: 5 }), since: minute(9) },
  ])('after a beat with $what runs from $since', ({ later: said, since }) => {
    const due = later(since, 600_000);
    expect(judgedAt([at10, said], later(due, -MS))).toBe('none');
    expect(judgedAt([at10, said], due)).toBe('no_progress');
  });

  it('runs from the first beat, when no beat ever tells of progress', () => {
    const history = [beat('ada', 1, minute(4)), beat('ada', 1, minute(13))];
    expect(judgedAt(history, later(minute(14), -MS))).toBe('none');
    expect(judgedAt(history, minute(14))).toBe('no_progress');
  });

  it('does not bear on a run that never beat: other rows know of silence', () => expect(judgedAt([], minute(200))).toBe('extend'));

  it.each([
    { process: 'of unknown process', probe: probes.unknown, verdict: 'no_progress' },
    { process: 'on another host: judged by its own row only', probe: probes.foreign, verdict: 'none' },
  ])('of a run $process → $verdict', ({ probe, verdict }) => expect(judgedAt([at10], minute(12), probe)).toBe(verdict));

  it('is off by default, waits for a clock jump, and is not certain enough while holding', () => {
    expect(reason(look(probes.alive, minute(14), [...spawned, at10]))).toBe('none');
    expect(reason(look(probes.alive, minute(12), [...spawned, at10], { policy, discounted_ms: 60_000 }))).toBe('none');
    expect(reason(look(probes.alive, minute(13), [...spawned, at10], { policy, discounted_ms: 60_000 }))).toBe('no_progress');
    expect(reason(look(probes.alive, minute(12), [...spawned, at10], { policy, only_certain: true }))).toBe('none');
  });

  it('of the task comes before that of the board', () => {
    const history = [created({ limits: { progress_timeout_ms: 1_200_000 } }), claimed('ada', 1, T0), workerStarted('ada', 1, T0), at10];
    expect(reason(look(probes.alive, minute(12), history, { policy }))).toBe('none');
    expect(look(probes.alive, minute(22), history, { policy })).toMatchObject({
      reason: 'no_progress',
      rule: 'beats, but neither percent nor checkpoint changed for progress_timeout 20m (task)',
      due_at: minute(22),
    });
  });
});

describe('a limit of 0 is off', () => {
  it.each([
    { limit: 'max_runtime_ms', probe: probes.alive, at: minute(14), history: beaten, instead: 'none' },
    { limit: 'running_stale_ms', probe: probes.alive, at: minute(600), history: spawned, instead: 'extend' },
    { limit: 'running_silence_ms', probe: probes.alive, at: minute(600), history: spawned, instead: 'extend' },
    { limit: 'heartbeat_max_stale_ms', probe: probes.alive, at: minute(100), history: silent, instead: 'extend' },
    { limit: 'supervisor_silence_ms', probe: probes.deadUnder(minute(2)), at: minute(2), history: beaten, instead: 'crashed' },
    { limit: 'foreign_grace_ms', probe: probes.foreign, at: minute(15), history: byHand, instead: 'lease_expired' },
  ])('$limit', ({ limit, probe, at, history, instead }) => expect(reason(look(probe, at, history, { policy: { [limit]: 0 } }))).toBe(instead));
});

describe('clocks', () => {
  it('gives clock_grace where the clocks of two hosts meet', () => {
    const policy = { clock_grace_ms: 5000 };
    expect(reason(look(probes.unknown, second(904), byHand, { policy }))).toBe('none');
    expect(reason(look(probes.unknown, second(905), byHand, { policy }))).toBe('lease_expired');
    expect(reason(look(probes.foreign, second(964), byHand, { policy }))).toBe('none');
    expect(reason(look(probes.foreign, second(965), byHand, { policy }))).toBe('lease_expired');
  });

  it('gives none to a process that this host started itself', () =>
    expect(reason(look(probes.alive, minute(15), spawned, { policy: { clock_grace_ms: 5000 } }))).toBe('extend'));

  it('subtracts a clock jump from the age of beats and runs (rule 8)', () => {
    expect(reason(look(probes.alive, minute(61), silent, { discounted_ms: 60_000 }))).toBe('extend');
    expect(reason(look(probes.alive, minute(62), silent, { discounted_ms: 60_000 }))).toBe('heartbeat_stale');
    expect(reason(look(probes.alive, minute(240), spawned, { discounted_ms: 60_000 }))).toBe('extend');
  });

  it('judges only what is certain while holding and one lease after (rule 8)', () => {
    const certain = { only_certain: true };
    expect(reason(look(probes.otherBoot, minute(900), silent, certain))).toBe('host_restarted');
    expect(reason(look(probes.dead, minute(900), silent, certain))).toBe('crashed');
    expect(reason(look(probes.orphan, minute(900), silent, certain))).toBe('supervisor_lost');
    expect(reason(look(probes.alive, minute(900), silent, certain))).toBe('none');
    expect(reason(look(probes.unknown, minute(900), byHand, certain))).toBe('none');
    expect(reason(look(probes.foreign, minute(900), byHand, certain))).toBe('none');
  });
});

describe('a verdict of none says when to look again', () => {
  it.each([
    { what: 'the end of the lease', probe: probes.alive, history: spawned, again: minute(15) },
    { what: 'the end of the lease and the grace of another host', probe: probes.foreign, history: byHand, again: minute(16) },
    { what: 'the silence of the supervisor of a dead child', probe: probes.deadUnder(minute(5)), history: spawned, again: second(330) },
  ])('$what', ({ probe, history, again }) => expect(look(probe, minute(5), history)).toEqual({ kind: 'none', look_again_at: again }));

  it('never, when only certain verdicts count and the process lives', () =>
    expect(look(probes.alive, minute(5), spawned, { only_certain: true })).toEqual({ kind: 'none', look_again_at: null }));
});

describe('a revoked run is not judged again', () => {
  const open = [...spawned, revoked(1, minute(10))];

  it('however long its process lives', () => expect(reason(look(probes.alive, minute(900), open))).toBe('none'));

  it('but its revocation ends when its host is silent for foreign_grace after both the revocation and the end of the lease', () => {
    expect(look(probes.foreign, later(minute(16), -MS), open)).toEqual({ kind: 'none', look_again_at: minute(16) });
    expect(look(probes.foreign, minute(16), open)).toMatchObject({ kind: 'end', reason: 'heartbeat_stale', finishes: { confirmed: false } });
  });

  it('not by a clock that may have jumped, and then no instant that has passed is one to look at again', () => {
    expect(look(probes.foreign, minute(15), open, { only_certain: true })).toEqual({ kind: 'none', look_again_at: minute(16) });
    expect(look(probes.foreign, minute(16), open, { only_certain: true })).toEqual({ kind: 'none', look_again_at: null });
  });

  it('a deferral is no silence', () => {
    const tried = [...open, deferred(1, minute(11), 2, minute(30))];
    expect(look(probes.foreign, minute(16), tried)).toEqual({ kind: 'none', look_again_at: minute(31) });
  });

  it('or when its process is gone and nobody reported it', () => {
    expect(look(probes.otherBoot, minute(10), open)).toMatchObject({ kind: 'end', finishes: { confirmed: true } });
    expect(reason(look(probes.dead, second(609), open))).toBe('none');
    expect(look(probes.dead, second(610), open)).toMatchObject({ kind: 'end', finishes: { confirmed: true } });
  });
});

describe('nextLook', () => {
  const times = { claimed_at: toMs(T0), claim_expires: toMs(minute(15)), last_heartbeat_at: null, progress_since: null, revoked: null };
  it.each([
    { what: 'the end of the lease', claim: times, policy: {}, at: minute(15) },
    { what: 'max_runtime, when that is earlier', claim: times, policy: { max_runtime_ms: 60_000 }, at: minute(1) },
    { what: 'running_stale, when that is earlier', claim: { ...times, claim_expires: toMs(minute(500)) }, policy: {}, at: minute(240) },
    {
      what: 'running_silence after the last beat',
      claim: { ...times, claim_expires: toMs(minute(500)), last_heartbeat_at: toMs(minute(200)) },
      policy: {},
      at: minute(260),
    },
    {
      what: 'the progress timeout, when that is earlier',
      claim: { ...times, last_heartbeat_at: toMs(minute(2)), progress_since: toMs(minute(1)) },
      policy: { progress_timeout_ms: 300_000 },
      at: minute(6),
    },
    {
      what: 'the end of the lease of a run that has not beaten, whatever the progress timeout',
      claim: times,
      policy: { progress_timeout_ms: 300_000 },
      at: minute(15),
    },
    { what: 'an overdue stop', claim: { ...times, revoked: { at: toMs(minute(1)), retry_at: null } }, policy: {}, at: second(70) },
    { what: 'the next try to stop', claim: { ...times, revoked: { at: toMs(minute(1)), retry_at: toMs(minute(3)) } }, policy: {}, at: minute(3) },
  ])('is $what', ({ claim, policy, at }) => expect(nextLook(claim, { board: policy })).toBe(toMs(at)));
});
