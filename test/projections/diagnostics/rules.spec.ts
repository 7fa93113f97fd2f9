import { afterEach, describe, expect, it } from '@jest/globals';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import { beat, claimed, completed, created, failed, second, taskId, told } from '../../support/taskLog.ts';
import { blocked, commented, DAY, HOUR, late, MINUTE, reclaimed, revoked, toldBoard, unblocked } from './support.ts';

let close = async (): Promise<void> => undefined;
afterEach(() => close());
const board = async (policy?: PolicyValues) => {
  const opened = await toldBoard(policy);
  ({ close } = opened);
  return opened;
};
const crash = (at: number, run: number, error = 'signal SIGSEGV') => failed(at, run, 'ada', { outcome: 'crashed', error, exit_code: null, signal: 'SIGSEGV' });
const gaveUp = (at: number, run: number, failures: number) =>
  told('TaskGaveUp', at, { run, failures, limit: failures, limit_source: 'default', tripped_by: 'failed' });

describe('repeated_failures', () => {
  it('is silent below the limit, an error at failure_limit 2, and gone with the count', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada'));
    expect(await sees('repeated_failures', 9)).toEqual([]);
    await tell(1, claimed(3, 2, 'ada'), failed(4, 2, 'ada', { error: 'no such module' }), gaveUp(4, 2, 2));
    expect(await sees('repeated_failures', 9)).toMatchObject([
      {
        severity: 'error',
        count: 2,
        first_seen: second(2),
        last_seen: second(4),
        run: 2,
        title: 'gave up after 2 failures in a row, last failed: no such module',
        facts: { failures: 2, limit: 2, gave_up: true, last_end: 'failed', error: 'no such module' },
        policy: { failure_limit: { value: 2, source: 'default' }, diagnose_failures: { value: 0, source: 'default' } },
        task_id: taskId(1),
      },
    ]);
    await tell(1, unblocked(5));
    expect(await sees('repeated_failures', 9)).toEqual([]);
  });

  it('takes its own limit before failure_limit, and is critical at twice it', async () => {
    const { tell, sees } = await board({ failure_limit: 9, diagnose_failures: 2 });
    await tell(1, created(0), ...[1, 2, 3].flatMap((run) => [claimed(run, run, 'ada'), failed(run, run, 'ada')]));
    expect(await sees('repeated_failures', 9)).toMatchObject([{ severity: 'error', count: 3 }]);
    await tell(1, claimed(4, 4, 'ada'), failed(4, 4, 'ada', { outcome: 'timed_out' }));
    expect(await sees('repeated_failures', 9)).toMatchObject([{ severity: 'critical', count: 4, facts: { last_end: 'timed_out' } }]);
    await tell(1, claimed(5, 5, 'ada'), completed(6, 5, 'ada'));
    expect(await sees('repeated_failures', 9)).toEqual([]);
  });

  it('reports a task that gave up, whatever the limit is by now, and hints at the machine when it could not start', async () => {
    const { tell, sees } = await board({ diagnose_failures: 5 });
    await tell(1, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada', { outcome: 'spawn_failed' }), gaveUp(2, 1, 1));
    const [found] = await sees('repeated_failures', 9);
    expect(found?.remedies.map(({ command }) => command)).toContain('holdfast doctor');
    expect(found).toMatchObject({ count: 1, facts: { gave_up: true } });
  });

  it('tells 160 characters of an error in the title and 500 in the facts', async () => {
    const { tell, sees } = await board({ diagnose_failures: 1 });
    await tell(1, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada', { error: 'x'.repeat(9000) }));
    const [found] = await sees('repeated_failures', 9);
    expect(found?.title.match(/x+/)?.[0]).toHaveLength(160);
    expect(found?.kind === 'repeated_failures' && found.facts.error?.length).toBe(500);
  });
});

describe('repeated_crashes', () => {
  it('counts crashes in a row although a person let the task go on, and leaves them to repeated_failures while that speaks', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(1, 1, 'ada'), crash(2, 1), claimed(3, 2, 'ada'), reclaimed(4, 2, 'crashed'), gaveUp(4, 2, 2));
    expect([await sees('repeated_failures', 9), await sees('repeated_crashes', 9)]).toMatchObject([[{ count: 2 }], []]);
    await tell(1, unblocked(5));
    expect(await sees('repeated_crashes', 9)).toMatchObject([{ severity: 'error', count: 2, first_seen: second(2), last_seen: second(4) }]);
    await tell(1, claimed(6, 3, 'ada'), failed(7, 3, 'ada'), unblocked(7), claimed(8, 4, 'ada'), crash(9, 4), unblocked(9));
    expect(await sees('repeated_crashes', 9)).toMatchObject([{ severity: 'error', count: 3 }]);
    await tell(1, claimed(10, 5, 'ada'), crash(11, 5), unblocked(12));
    expect(await sees('repeated_crashes', 99)).toMatchObject([{ severity: 'critical', count: 4, run: 5 }]);
  });

  it.each([
    { what: 'a completion', end: completed(9, 3, 'ada') },
    { what: 'a reclaim that is no failure', end: reclaimed(9, 3, 'lease_expired') },
  ])('is over with $what', async ({ end }) => {
    const { tell, sees } = await board();
    const crashes = [claimed(1, 1, 'ada'), crash(2, 1), unblocked(2), claimed(3, 2, 'ada'), crash(4, 2), unblocked(5)];
    await tell(1, created(0), ...crashes, claimed(6, 3, 'ada'));
    expect(await sees('repeated_crashes', 9)).toHaveLength(1);
    await tell(1, end);
    expect(await sees('repeated_crashes', 9)).toEqual([]);
  });
});

describe('stuck_in_blocked', () => {
  it('is a warning 24 h after the block, and its first sight stays when it was', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(1, 1, 'ada'), blocked(2, 1, 'which files?', 'needs_input'));
    expect(await sees('stuck_in_blocked', DAY)).toEqual([]);
    expect(await sees('stuck_in_blocked', 2 * DAY)).toMatchObject([
      {
        severity: 'warning',
        first_seen: second(DAY + 2),
        last_seen: second(2 * DAY),
        run: 1,
        facts: { block_kind: 'needs_input', reason: 'which files?', blocked_at: second(2) },
      },
    ]);
    await tell(1, unblocked(2 * DAY));
    expect(await sees('stuck_in_blocked', 3 * DAY)).toEqual([]);
  });

  it('is silenced by a comment for as long again', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), blocked(2, null, 'which files?'), commented(HOUR));
    expect(await sees('stuck_in_blocked', DAY + 2)).toEqual([]);
    expect(await sees('stuck_in_blocked', DAY + HOUR)).toMatchObject([{ first_seen: second(DAY + HOUR), facts: { commented_at: second(HOUR) } }]);
  });

  it('follows a block to triage, and says nothing of one that waits for other tasks or of one that was created so', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), blocked(2, null, 'again'), told('TaskEscalated', 2, { kind: 'transient', recurrence: 2, reason: 'twice' }));
    await tell(2, created(0), blocked(2, null, 'waits for t_x', 'dependency'));
    await tell(3, created(0, { status: 'blocked' }));
    expect(await sees('stuck_in_blocked', 2 * DAY)).toMatchObject([{ task_id: taskId(1), facts: { escalated: true } }]);
  });
});

const cycle = (at: number, run: number, reason: string) => [claimed(at, run, 'ada'), blocked(at + 1, run, reason), unblocked(at + 2)];

describe('block_unblock_cycling', () => {
  it('is a warning at three cycles within 24 h, with the reasons given, newest first', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), ...cycle(10, 1, 'no token'), ...cycle(20, 2, 'no token'));
    expect(await sees('block_unblock_cycling', 99)).toEqual([]);
    await tell(1, ...cycle(30, 3, 'registry is down'));
    expect(await sees('block_unblock_cycling', 99)).toMatchObject([
      {
        severity: 'warning',
        count: 3,
        first_seen: second(11),
        last_seen: second(32),
        facts: { reasons: ['transient: registry is down', 'transient: no token'] },
        policy: { diagnose_cycles: { value: 3, source: 'default' }, diagnose_window_ms: { value: 86_400_000, source: 'default' } },
      },
    ]);
  });

  it('counts in the order of the events, also when all happened in one millisecond or clocks ran backwards', async () => {
    const { tell, sees } = await board();
    await tell(1, created(50), ...[1, 2, 3].flatMap((run) => [claimed(50, run, 'ada'), blocked(50, run, 'no token'), unblocked(40)]));
    expect(await sees('block_unblock_cycling', 60)).toMatchObject([{ count: 3 }]);
  });

  it('is not reset by comments, edits or failures between', async () => {
    const { tell, sees } = await board();
    const noise = [commented(3), told('TaskEdited', 3, { title: 'Pack' }), told('TaskAssigned', 3, { assignee: 'ada' })];
    await tell(1, created(0), ...[1, 2, 3].flatMap((run) => [...cycle(run * 10, run, 'no token'), ...noise]));
    expect(await sees('block_unblock_cycling', 99)).toMatchObject([{ count: 3 }]);
  });

  it('clears when the window passes, cycle by cycle, and when the task is done', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), ...[1, 2, 3, 4].flatMap((run) => cycle(run * HOUR, run, 'no token')));
    expect(await sees('block_unblock_cycling', DAY)).toMatchObject([{ count: 4 }]);
    expect(await sees('block_unblock_cycling', DAY + HOUR + 2)).toMatchObject([{ count: 3, first_seen: second(2 * HOUR + 1) }]);
    expect(await sees('block_unblock_cycling', DAY + 2 * HOUR + 2)).toEqual([]);
    await tell(1, claimed(5 * HOUR, 5, 'ada'), completed(5 * HOUR, 5, 'ada'));
    expect(await sees('block_unblock_cycling', DAY)).toEqual([]);
  });

  it('keeps the newest 50 cycles and says how many it left out', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), ...Array.from({ length: 60 }, (_, n) => cycle(n, n + 1, 'no token')).flat());
    expect(await sees('block_unblock_cycling', 99)).toMatchObject([{ count: 50, facts: { left_out: 10 } }]);
  });
});

describe('block_unblock_cycling', () => {
  it('counts a dependency block that its parents lift, too', async () => {
    const { tell, sees } = await board();
    const because = { what: 'parents', parents: [] };
    const waits = (at: number) => [blocked(at, null, 'waits', 'dependency'), told('TaskPromoted', at + 1, { to: 'ready', because })];
    await tell(1, created(0), ...waits(1), ...waits(3), ...waits(5));
    expect(await sees('block_unblock_cycling', 9)).toMatchObject([{ count: 3, facts: { reasons: ['dependency: waits'] } }]);
  });
});

describe('stranded_in_ready', () => {
  it('is a warning after 30 min, an error after 1 h, critical after 3 h, and over with a claim', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0, { assignee: 'bob' }));
    expect(await sees('stranded_in_ready', 10 * MINUTE)).toEqual([]);
    const at = async (minutes: number) => (await sees('stranded_in_ready', minutes * MINUTE)).map(({ severity, first_seen }) => [severity, first_seen]);
    expect([await at(45), await at(60), await at(179), await at(180)]).toEqual(
      ['warning', 'error', 'error', 'critical'].map((severity) => [[severity, second(30 * MINUTE)]]),
    );
    await tell(1, claimed(HOUR, 1, 'bob'));
    expect(await sees('stranded_in_ready', 4 * HOUR)).toEqual([]);
  });

  it('says nothing of unassigned, running or blocked tasks, nor while the board is paused', async () => {
    const { tell, tellBoard, sees } = await board();
    await tell(1, created(0));
    await tell(2, created(0, { assignee: 'bob' }), claimed(1, 1, 'bob'));
    await tell(3, created(0, { assignee: 'bob', status: 'blocked' }));
    expect(await sees('stranded_in_ready', 4 * HOUR)).toEqual([]);
    await tell(4, created(0, { assignee: 'bob' }));
    await tellBoard(told('BoardPaused', HOUR, { reason: null }));
    expect(await sees('stranded_in_ready', 4 * HOUR)).toEqual([]);
    await tellBoard(told('BoardResumed', 4 * HOUR, { reason: null }));
    expect(await sees('stranded_in_ready', 4 * HOUR + 29 * MINUTE)).toEqual([]);
    expect(await sees('stranded_in_ready', 4 * HOUR + 30 * MINUTE)).toMatchObject([{ task_id: taskId(4), severity: 'warning' }]);
  });

  it('counts from when it last became claimable, whatever made it so', async () => {
    const { tell, sees } = await board();
    const ready = { assignee: 'bob' };
    await tell(1, created(0, ready), claimed(1, 1, 'bob'), failed(2 * HOUR, 1, 'bob', { not_before: second(3 * HOUR) }));
    await tell(2, created(0, ready), told('TaskAssigned', 3 * HOUR, { assignee: 'ada' }));
    await tell(3, created(0, ready), claimed(1, 1, 'bob'), reclaimed(3 * HOUR, 1, 'running_stale'), commented(3 * HOUR));
    expect(await sees('stranded_in_ready', 3 * HOUR + 29 * MINUTE)).toEqual([]);
    expect((await sees('stranded_in_ready', 3 * HOUR + 30 * MINUTE)).map(({ task_id }) => task_id)).toEqual([1, 2, 3].map(taskId));
  });

  it('follows the policy of the board, and tells what the assignee does meanwhile', async () => {
    const { tell, sees } = await board({ diagnose_stranded_ms: 10 * MINUTE * 1000 });
    await tell(1, created(0, { assignee: 'bob' }));
    await tell(2, created(0), claimed(5, 1, 'bob'));
    expect(await sees('stranded_in_ready', 10 * MINUTE)).toMatchObject([
      { facts: { assignee_holds: { task_id: taskId(2), run: 1, since: second(5) } }, policy: { diagnose_stranded_ms: { source: 'board' } } },
    ]);
  });
});

const beats = (from: number, to: number, more: object) =>
  Array.from({ length: (to - from) / (10 * MINUTE) }, (_, n) => beat(from + (n + 1) * 10 * MINUTE, 1, 'ada', { ...more }));

describe('not_progressing', () => {
  it('is seen of a run that beats on with the same percent and checkpoint, an error after four times as long', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), beat(5 * MINUTE, 1, 'ada', { percent: 44, checkpoint: { done: 4 } }));
    await tell(1, ...beats(5 * MINUTE, 265 * MINUTE, { percent: 44, checkpoint: { done: 4 }, note: 'again' }));
    expect(await sees('not_progressing', 64 * MINUTE)).toEqual([]);
    expect(await sees('not_progressing', 70 * MINUTE)).toMatchObject([
      { severity: 'warning', run: 1, first_seen: second(65 * MINUTE), facts: { worker: 'ada', percent: 44, progress_at: second(5 * MINUTE) } },
    ]);
    expect(await sees('not_progressing', 245 * MINUTE)).toMatchObject([{ severity: 'error' }]);
    await tell(1, beat(266 * MINUTE, 1, 'ada', { percent: 45 }));
    expect(await sees('not_progressing', 267 * MINUTE)).toEqual([]);
  });

  it('is seen of a run that never told any progress, but not of a silent one, nor of one that is being taken back', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), ...beats(0, HOUR, {}));
    await tell(2, created(0), claimed(0, 1, 'ada'));
    await tell(3, created(0), claimed(0, 1, 'ada'), beat(1, 1, 'ada'));
    expect(await sees('not_progressing', HOUR + 1)).toMatchObject([{ task_id: taskId(1), facts: { progress_at: null } }]);
    await tell(1, told('RunRevoked', HOUR, { run: 1, reason: 'operator', rule: '', evidence: {}, then: { to: 'ready' }, note: null }));
    expect(await sees('not_progressing', HOUR + 1)).toEqual([]);
  });
});

describe('overdue', () => {
  it('is seen a minute after a lease ended that nobody judged, until somebody does', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'));
    expect(await sees('overdue', 959)).toEqual([]);
    expect(await sees('overdue', 960)).toMatchObject([{ severity: 'warning', first_seen: second(960), facts: { claim_expires: second(900) } }]);
    expect(await sees('overdue', 1500)).toMatchObject([{ severity: 'error' }]);
    await tell(1, reclaimed(1500, 1, 'lease_expired'));
    expect(await sees('overdue', 1500)).toEqual([]);
  });

  const elsewhere = { process: { host: 'build-2', boot_id: 'b', pid_namespace: 'pid:[2]', pid: 7, started_at: '70' } };

  it('leaves the watchdogs of other hosts the time that policy gives them, for a run whose process is known', async () => {
    const { tell, sees } = await board({ clock_grace_ms: 5000 });
    await tell(1, created(0), claimed(0, 1, 'ada', elsewhere));
    expect(await sees('overdue', 900 + 60 + 5 + 59)).toEqual([]);
    expect(await sees('overdue', 900 + 60 + 5 + 60)).toMatchObject([{ severity: 'warning', facts: { claim_expires: second(900) } }]);
  });

  it('is not said of a run that is being stopped: somebody judged it', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada', elsewhere), revoked(961, 1));
    expect(await sees('overdue', 1500)).toEqual([]);
  });
});

describe('false_reclaim', () => {
  const stale = { last_heartbeat_at: second(60), policy: { heartbeat_max_stale_ms: { value: 3_600_000, source: 'default' } } };

  it('names the verdict and the limit that would have kept a run whose worker delivered afterwards', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), beat(60, 1, 'ada'), reclaimed(HOUR + 60, 1, 'heartbeat_stale', stale));
    expect(await sees('false_reclaim', 2 * HOUR)).toEqual([]);
    await tell(1, claimed(HOUR + 70, 2, 'bob'), late(HOUR + 660, 1, 'CompleteTask'));
    const [found] = await sees('false_reclaim', 2 * HOUR);
    expect(found).toMatchObject({
      severity: 'error',
      count: 1,
      run: 1,
      first_seen: second(HOUR + 660),
      facts: {
        runs: [
          {
            run: 1,
            worker: 'ada',
            verdict: 'heartbeat_stale',
            kept_by: { policy: 'heartbeat_max_stale_ms', in_force: { value: 3_600_000, source: 'default' }, needed_ms: 4_200_000 },
          },
        ],
      },
    });
    expect(found?.title).toBe('run 1 was taken away (heartbeat_stale), but its worker delivered afterwards: a heartbeat_max_stale of 1h10m would have kept it');
    expect(found?.remedies.map(({ command }) => command)).toContain('holdfast board policy --set heartbeat_max_stale=1h28m');
  });

  it.each([
    { verdict: 'lease_expired', policy: 'claim_ttl_ms', needed_ms: 1_140_000 },
    { verdict: 'running_stale', policy: 'running_silence_ms', needed_ms: 1_140_000 },
    { verdict: 'timed_out', policy: 'max_runtime_ms', needed_ms: 1_200_000 },
    { verdict: 'no_progress', policy: 'progress_timeout_ms', needed_ms: 1_170_000 },
  ])('says which limit decides over $verdict: $policy', async ({ verdict, policy, needed_ms }) => {
    const { tell, sees } = await board();
    await tell(
      1,
      created(0),
      claimed(0, 1, 'ada'),
      beat(60, 1, 'ada'),
      reclaimed(1000, 1, verdict, { last_heartbeat_at: second(60), progress_since: second(30) }),
    );
    await tell(1, late(1200, 1, 'CompleteTask'));
    expect(await sees('false_reclaim', 1300)).toMatchObject([{ severity: 'error', facts: { runs: [{ verdict, kept_by: { policy, needed_ms } }] } }]);
  });

  it.each(['crashed', 'supervisor_lost', 'host_restarted'])('says of %s that no limit would have kept it', async (verdict) => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), reclaimed(10, 1, verdict), late(20, 1, 'CompleteTask'));
    expect(await sees('false_reclaim', 30)).toMatchObject([{ facts: { runs: [{ kept_by: null }] } }]);
  });

  it.each([
    { verdict: 'lease_expired', seen: 1 },
    { verdict: 'crashed', seen: 1 },
    { verdict: 'timed_out', seen: 0 },
    { verdict: 'no_progress', seen: 0 },
    { verdict: 'supervisor_lost', seen: 0 },
  ])('is seen $seen times of a beat after $verdict: some verdicts know that the worker lives', async ({ verdict, seen }) => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), reclaimed(10, 1, verdict), late(20, 1, 'RecordHeartbeat'));
    expect(await sees('false_reclaim', 30)).toHaveLength(seen);
  });

  it('says nothing of what a person took away, or of the late word of a run that ended by itself', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), reclaimed(10, 1, 'operator'), late(20, 1, 'CompleteTask'));
    await tell(2, created(0), claimed(0, 1, 'ada'), failed(10, 1, 'ada'), late(20, 1, 'CompleteTask'));
    expect(await sees('false_reclaim', 30)).toEqual([]);
  });

  it('clears when the window passes, also of a task that is done', async () => {
    const { tell, sees } = await board();
    await tell(1, created(0), claimed(0, 1, 'ada'), reclaimed(10, 1, 'lease_expired'), late(20, 1, 'FailRun'), claimed(30, 2, 'bob'), completed(40, 2, 'bob'));
    expect(await sees('false_reclaim', DAY)).toMatchObject([{ severity: 'warning' }]);
    expect(await sees('false_reclaim', DAY + 20)).toEqual([]);
  });
});

const delivered = (at: number, run: number, more: object) =>
  told('TaskCompleted', at, { run, worker: 'ada', summary: null, result: null, artifacts: [], ...more });

describe('phantom_results and phantom_mentions', () => {
  it('tell of tasks that a completion names and that do not exist, in its result an error, in its summary a warning', async () => {
    const { tell, all } = await board();
    const said = { summary: `made ${taskId(2)}, ${taskId(8)} and ${taskId(1)}`, result: { made: [taskId(2), { id: taskId(9) }] } };
    await tell(2, created(0));
    await tell(1, created(0), claimed(1, 1, 'ada'), delivered(2, 1, said));
    expect(await all(9)).toMatchObject([
      { kind: 'phantom_results', severity: 'error', run: 1, facts: { missing: [taskId(9)], completed_at: second(2) } },
      { kind: 'phantom_mentions', severity: 'warning', facts: { missing: [taskId(8)] } },
    ]);
  });

  it.each([
    { what: 'an edit', after: [told('TaskEdited', 3, { title: 'Pack' })] },
    { what: 'a later completion', after: [told('TaskReopened', 3, { reason: null }), claimed(4, 2, 'ada'), delivered(5, 2, {})] },
    { what: 'the archive', after: [told('TaskArchived', 3, { reason: null, cancelled: false })] },
  ])('are over with $what', async ({ after }) => {
    const { tell, all } = await board();
    await tell(1, created(0), claimed(1, 1, 'ada'), delivered(2, 1, { artifacts: [`tasks/${taskId(9)}`] }));
    expect(await all(9)).toHaveLength(1);
    await tell(1, ...after);
    expect(await all(9)).toEqual([]);
  });
});

describe('the list', () => {
  it('has the most severe first, then the newest, and what the limits say', async () => {
    const { tell, all } = await board();
    await tell(1, created(0, { assignee: 'bob' }));
    await tell(2, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada'), claimed(3, 2, 'ada'), failed(4, 2, 'ada'));
    await tell(3, created(0, { assignee: 'eve' }), told('TaskAssigned', 2 * HOUR, { assignee: 'bob' }));
    expect((await all(3 * HOUR)).map(({ kind, severity }) => [severity, kind])).toEqual([
      ['critical', 'stranded_in_ready'],
      ['error', 'stranded_in_ready'],
      ['error', 'repeated_failures'],
    ]);
  });

  it('says nothing of a limit that is off', async () => {
    const off = { diagnose_stranded_ms: 0, diagnose_crashes: 0, diagnose_cycles: 0, diagnose_blocked_ms: 0, diagnose_false_reclaims: 0 };
    const { tell, all } = await board({ ...off, diagnose_overdue_ms: 0, diagnose_no_progress_ms: 0 });
    await tell(1, created(0, { assignee: 'bob' }));
    await tell(2, created(0), blocked(1, null, 'why'));
    await tell(3, created(0), claimed(0, 1, 'ada'), beat(1, 1, 'ada'), beat(2 * HOUR, 1, 'ada'));
    await tell(4, created(0), claimed(0, 1, 'ada'), crash(1, 1), unblocked(1), claimed(2, 2, 'ada'), crash(3, 2), unblocked(3), late(4, 2, 'CompleteTask'));
    expect(await all(9 * DAY)).toEqual([]);
  });
});
