import { describe, expect, it } from '@jest/globals';
import { explain } from '../../src/audit/explain.ts';
import { explainText } from '../../src/audit/explainText.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { TaskEvent } from '../../src/domain/task/events.ts';
import { anyEvidence, on, packModules, stored } from './packModules.ts';

type Said = readonly [actor: string, event: TaskEvent];

const createdData = (): Extract<TaskEvent, { type: 'TaskCreated' }>['data'] => {
  const [first] = packModules;
  if (first?.type !== 'TaskCreated') throw new Error('a history begins with TaskCreated');
  return first.data;
};
const created: Said = ['human:ana', { type: 'TaskCreated', data: createdData() }];
const claimed = (run: number, at: string): Said => [
  'agent:ada',
  { type: 'TaskClaimed', data: { at: on(at), run, worker: 'ada', lease_ms: 60_000, lease_source: 'call', claim_expires: on('10:01:00.000'), process: null } },
];
const UNKNOWN: Evidence['probe'] = { process: 'unknown', supervisor: 'absent', other_boot: false, dead_since: null, looked_at: ['no process recorded'] };
const judged = (over: Partial<Evidence>): Evidence =>
  anyEvidence({
    judged_at: on('10:01:00.012'),
    judged_revision: '1',
    due_at: on('10:01:00.000'),
    claim_expires: on('10:01:00.000'),
    last_heartbeat_at: null,
    last_heartbeat_revision: null,
    probe: UNKNOWN,
    ...over,
  });
type Reason = Extract<TaskEvent, { type: 'TaskReclaimed' }>['data']['reason'];
const reclaimed = (reason: Reason, evidence: Evidence, actor = 'system:wd_1'): Said => [
  actor,
  {
    type: 'TaskReclaimed',
    data: {
      at: on('10:01:00.015'),
      run: 1,
      reason,
      rule: `rule of ${reason}`,
      counts_as_failure: reason === 'timed_out',
      not_before: null,
      evidence,
      stop: null,
      note: null,
    },
  },
];
const revokedBy = (actor: string, reason: Reason, evidence: Evidence): Said => [
  actor,
  {
    type: 'RunRevoked',
    data: { at: on('10:00:58.000'), run: 1, reason, rule: `rule of ${reason}`, evidence, then: { to: 'archive', reason: null }, note: null },
  },
];
const failed = (run: number, at: string): Said => [
  'agent:ada',
  {
    type: 'RunFailed',
    data: {
      at: on(at),
      run,
      worker: 'ada',
      outcome: 'failed',
      error: 'exit 1',
      exit_code: 1,
      signal: null,
      last_output: 'boom\n',
      counts_as_failure: true,
      not_before: null,
    },
  },
];
const why = (events: readonly Said[], together: readonly number[] = []): string => {
  const explanation = explain(stored(events, together));
  return explanation === undefined ? '' : explainText(explanation);
};
const whyEnded = (...events: readonly Said[]) => why([created, claimed(1, '10:00:00.000'), ...events]);

describe('why, for every other end', () => {
  it('a lease that ran out shows its sum and how late the verdict was', () => {
    const text = why([created, claimed(1, '10:00:00.000'), reclaimed('lease_expired', judged({}))]);
    expect(text).toContain('deadline  lease until 10:01:00.000 = claimed 10:00:00.000 + 1m; judged 10:01:00.012 (+12 ms)');
    expect(text).toContain('beat      none in this run; judged at revision 1');
    expect(text).toContain('after     nobody has claimed it since; late commands from run 1: none');
    expect(text).toContain('prevented by  one beat before 10:01:00.000, or a lease longer than 1m');
  });

  it('a run that took too long shows when it had to end', () => {
    const evidence = judged({
      policy: { max_runtime_ms: { value: 30_000, source: 'task' }, failure_limit: { value: 3, source: 'task' } },
      due_at: on('10:00:30.000'),
    });
    const text = why([created, claimed(1, '10:00:00.000'), reclaimed('timed_out', evidence)]);
    expect(text).toContain('claimed 10:00:00.000 + max_runtime 30s = 10:00:30.000; judged 10:01:00.012 (+30.012 s)');
    expect(text).toContain('failure counted: yes (1 of 3, limit from task)');
    expect(text).toContain('prevented by  an end before 10:00:30.000, or a longer max_runtime');
  });

  it('a run without progress shows since when', () => {
    const policy = { progress_timeout_ms: { value: 30_000, source: 'board' } } as const;
    const evidence = judged({ policy, due_at: on('10:00:50.000'), progress_since: on('10:00:20.000'), progress_since_revision: '4' });
    const text = why([created, claimed(1, '10:00:00.000'), reclaimed('no_progress', evidence)]);
    expect(text).toContain('deadline  rev 4, the last progress, 10:00:20.000 + progress_timeout 30s = 10:00:50.000; judged 10:01:00.012 (+10.012 s)');
    expect(text).toContain('failure counted: no');
    expect(text).toContain('prevented by  a beat with another percent or checkpoint after 10:00:20.000, or a longer progress_timeout');
  });

  it('a run that was silent for too long shows which of its two limits was over last', () => {
    const policy = { running_stale_ms: { value: 30_000, source: 'task' }, running_silence_ms: { value: 40_000, source: 'board' } } as const;
    const beat: Said = [
      'agent:ada',
      { type: 'HeartbeatRecorded', data: { at: on('10:00:05.000'), run: 1, worker: 'ada', source: 'worker', claim_expires: on('10:01:05.000') } },
    ];
    const never = why([created, claimed(1, '10:00:00.000'), reclaimed('running_stale', judged({ policy, due_at: on('10:00:30.000') }))]);
    expect(never).toContain('deadline  claimed 10:00:00.000 + running_stale 30s = 10:00:30.000; judged 10:01:00.012 (+30.012 s)');
    const silent = why([created, claimed(1, '10:00:00.000'), beat, reclaimed('running_stale', judged({ policy, due_at: on('10:00:45.000') }))]);
    expect(silent).toContain('deadline  beat 10:00:05.000 + running_silence 40s = 10:00:45.000; judged 10:01:00.012 (+15.012 s)');
  });

  it('an operator is named, and no policy is blamed', () => {
    const text = why([
      created,
      claimed(1, '10:00:00.000'),
      reclaimed('operator', judged({ judge: { kind: 'operator', id: '', version: '' }, due_at: null }), 'human:ana'),
    ]);
    expect(text).toContain('judged    10:01:00.012 at revision 1; human:ana');
    expect(text).toContain('prevented by  nothing in the policy: human:ana took it back');
  });

  it('an operator who had a child stopped is named, not the supervisor that reported the end', () => {
    const operator = { judge: { kind: 'operator', id: '', version: '' }, due_at: null } as const;
    const asked = whyEnded(revokedBy('human:ana', 'cancelled', judged(operator)), reclaimed('cancelled', judged(operator), 'agent:ada'));
    expect(asked).toContain('judged    10:01:00.012 at revision 1; human:ana');
    expect(asked).toContain('prevented by  nothing in the policy: human:ana cancelled the task');

    const stale = judged({});
    const overruled = whyEnded(
      revokedBy('system:wd_1', 'heartbeat_stale', stale),
      revokedBy('human:bob', 'cancelled', stale),
      reclaimed('cancelled', stale, 'agent:ada'),
    );
    expect(overruled).toContain('rule      rule of cancelled');
    expect(overruled).toContain('prevented by  nothing in the policy: human:bob cancelled the task');

    const changed = whyEnded(
      revokedBy('human:ana', 'operator', judged(operator)),
      revokedBy('human:bob', 'cancelled', judged(operator)),
      reclaimed('cancelled', judged(operator), 'agent:ada'),
    );
    expect(changed).toContain('judged    10:01:00.012 at revision 1; human:ana');
    expect(changed).toContain('prevented by  nothing in the policy: human:bob cancelled the task');

    const forced = whyEnded(revokedBy('system:wd_1', 'heartbeat_stale', stale), reclaimed('cancelled', stale, 'human:bob'));
    expect(forced).toContain('prevented by  nothing in the policy: human:bob cancelled the task');
  });

  it('failures are counted in a row, and the last one says that the task gave up', () => {
    const gaveUp: Said = [
      'agent:ada',
      { type: 'TaskGaveUp', data: { at: on('10:00:20.000'), run: 2, failures: 2, limit: 2, limit_source: 'default', tripped_by: 'failed' } },
    ];
    const text = why([created, claimed(1, '10:00:00.000'), failed(1, '10:00:05.000'), claimed(2, '10:00:06.000'), failed(2, '10:00:20.000'), gaveUp], [5]);
    expect(text).toContain('gave up after 2 of 2 failures   2 of 2 runs failed');
    expect(text).toMatch(/RUN 1 {2}ada {2}FAILED {2}failed +failure counted: yes \(1 in a row\)/);
    expect(text).toMatch(/RUN 2 {2}ada {2}FAILED {2}failed +failure counted: yes \(2 of 2, limit from default\)/);
    expect(text).toContain('  error     exit 1\n  output    "boom"');
    expect(text).toContain('after     rev 5 gave up');
    expect(text).toContain('prevented by  nothing in the policy: the command ended with exit 1');
  });

  it('what a run gave back, and what it is blocked on', () => {
    const released: Said = ['agent:ada', { type: 'ClaimReleased', data: { at: on('10:00:05.000'), run: 1, worker: 'ada', reason: 'shutdown', note: null } }];
    const blocked: Said = [
      'agent:ada',
      { type: 'TaskBlocked', data: { at: on('10:00:09.000'), run: 2, worker: 'ada', kind: 'needs_input', reason: 'which files?', recurrence: 1 } },
    ];
    const text = why([created, claimed(1, '10:00:00.000'), released, claimed(2, '10:00:06.000'), blocked]);
    expect(text).toContain('blocked, needs_input   1 of 2 runs given back, 1 blocked');
    expect(text).toMatch(/RUN 1 {2}ada {2}RELEASED {2}shutdown +failure counted: no/);
    expect(text).toContain('  said      needs_input: which files?');
  });

  it('a run that is being stopped is told of before its end', () => {
    const revoked: Said = [
      'system:wd_1',
      { type: 'RunRevoked', data: { at: on('10:01:00.015'), run: 1, reason: 'timed_out', rule: 'r', evidence: judged({}), then: { to: 'ready' }, note: null } },
    ];
    const text = why([created, claimed(1, '10:00:00.000'), revoked]);
    expect(text).toContain('running, run 1 by ada   1 of 1 run being taken away');
    expect(text).toContain('stop      asked for at 10:01:00.015, not confirmed yet');
  });

  it('late commands are named with where they are kept, and other days by their date', () => {
    const late: Said = [
      'agent:ada',
      {
        type: 'StaleCommandRefused',
        data: { at: on('10:05:00.000'), run: 1, worker: 'ada', command: 'CompleteTask', payload: { summary: 'late' }, current_run: null, ended_revision: '2' },
      },
    ];
    const next: Said = [
      'agent:bob',
      {
        type: 'TaskClaimed',
        data: { at: '2026-11-22T08:00:00.000Z', run: 2, worker: 'bob', lease_ms: 1, lease_source: 'call', claim_expires: on('10:01:00.000'), process: null },
      },
    ];
    const text = why([created, claimed(1, '10:00:00.000'), reclaimed('lease_expired', judged({})), late, next]);
    expect(text).toContain('after     rev 4 run 2 claimed +21h59m; late commands from run 1: CompleteTask, kept at rev 3');
  });

  it('says so when nothing was taken away', () => {
    const done: Said = [
      'agent:ada',
      { type: 'TaskCompleted', data: { at: on('10:00:05.000'), run: 1, worker: 'ada', summary: null, result: null, artifacts: [] } },
    ];
    expect(why([created, claimed(1, '10:00:00.000'), done])).toBe('t_7K3M9QX2VD "Pack modules"  done by run 1   no run was taken away');
  });
});
