import { durationText } from '../../domain/duration.ts';
import { instantOf, toMs } from '../../domain/instant.ts';
import type { SeenOf, Severity } from './diagnostic.ts';
import { judgedFrom } from './overdueClaims.ts';
import { type Limits, rule, type Subject } from './rule.ts';
import * as remedy from './remedies.ts';

type Step = { readonly times: number; readonly severity: Severity };
/** facts/hermes-kanban.md §1.14: 30 min, 1 h, 3 h. */
const STRANDED: readonly Step[] = [
  { times: 1, severity: 'warning' },
  { times: 2, severity: 'error' },
  { times: 6, severity: 'critical' },
];
/** The second step is when a silent run would be taken back: 4 h. */
const STILL: readonly Step[] = [
  { times: 1, severity: 'warning' },
  { times: 4, severity: 'error' },
];
const OVERDUE: readonly Step[] = [
  { times: 1, severity: 'warning' },
  { times: 10, severity: 'error' },
];

/** The last step reached since then; null: none, or the limit is off. */
const stepAt = (steps: readonly Step[], since: number | null, limit: number, now: number): Step | null =>
  since === null || limit === 0 ? null : (steps.findLast(({ times }) => now >= since + times * limit) ?? null);
const turnsOf = (steps: readonly Step[], since: number | null, limit: number): readonly number[] =>
  since === null || limit === 0 ? [] : steps.map(({ times }) => since + times * limit);

/** Since when the task could be claimed by the worker it is for; null: it cannot. Unassigned ones wait in a queue, whose length is no fault. */
const strandedSince = ({ task, paused, resumed_at }: Subject): number | null => {
  if (task.status !== 'ready' || task.assignee === null || paused) return null;
  return Math.max(toMs(task.status_since), task.not_before === null ? 0 : toMs(task.not_before), resumed_at ?? 0);
};

export const strandedInReady = rule<SeenOf<'stranded_in_ready'>>({
  kind: 'stranded_in_ready',
  severity: 'warning; error after twice, critical after six times diagnose_stranded',
  seen: 'ready for one worker for diagnose_stranded, not counting cool-down, back-off and pause, and not claimed',
  clears: 'a claim, or another assignee',
  thresholds: ['diagnose_stranded_ms'],
  find: (subject, limits, now) => {
    const [since, limit] = [strandedSince(subject), limits.of('diagnose_stranded_ms')];
    const step = stepAt(STRANDED, since, limit, now);
    const { assignee } = subject.task;
    if (step === null || since === null || assignee === null) return null;
    const { assignee_holds: holds } = subject;
    const assignee_holds = holds?.run == null ? null : { task_id: holds.task_id, run: holds.run, since: holds.claimed_at ?? holds.status_since };
    const meanwhile = assignee_holds === null ? '' : `, who holds ${assignee_holds.task_id} meanwhile`;
    return {
      kind: 'stranded_in_ready',
      severity: step.severity,
      count: 1,
      first_seen: instantOf(since + limit),
      last_seen: instantOf(now),
      run: null,
      title: `ready for over ${durationText(step.times * limit)} and not claimed by ${assignee}${meanwhile}`,
      facts: { assignee, ready_since: instantOf(since), assignee_holds },
    };
  },
  turns: (subject, limits) => turnsOf(STRANDED, strandedSince(subject), limits.of('diagnose_stranded_ms')),
  remedies: ({ facts }, { task: { task_id } }) => [remedy.anybody(task_id), remedy.claimFor(task_id, facts.assignee)],
});

/** Since when the open run has told nothing new; null: there is none, or it is being taken back. */
const stillSince = ({ task }: Subject): number | null => {
  const { status, open_run, claimed_at } = task;
  if (status !== 'running' || open_run === null || open_run.revoked !== null || claimed_at === null) return null;
  return toMs(open_run.progress_at ?? claimed_at);
};
/** It has beaten since, and its lease holds: a silent run is the watchdog's. */
const alive = ({ task: { last_heartbeat_at, claim_expires } }: Subject, since: number | null, now: number): boolean =>
  since !== null && last_heartbeat_at !== null && toMs(last_heartbeat_at) > since && claim_expires !== null && toMs(claim_expires) > now;

export const notProgressing = rule<SeenOf<'not_progressing'>>({
  kind: 'not_progressing',
  severity: 'warning; error after four times diagnose_no_progress',
  seen: 'a run beats, but neither percent nor checkpoint has changed for diagnose_no_progress',
  clears: 'percent or checkpoint changes; the run ends or falls silent',
  thresholds: ['diagnose_no_progress_ms'],
  find: (subject, limits, now) => {
    const [since, limit] = [stillSince(subject), limits.of('diagnose_no_progress_ms')];
    const step = alive(subject, since, now) ? stepAt(STILL, since, limit, now) : null;
    const { run, worker, claimed_at, last_heartbeat_at, open_run } = subject.task;
    if (step === null || since === null || worker === null || claimed_at === null || last_heartbeat_at === null || open_run === null) return null;
    const { percent, note, progress_at } = open_run;
    const at = percent === null ? 'has told no progress' : `stands at ${percent} %`;
    return {
      kind: 'not_progressing',
      severity: step.severity,
      count: 1,
      first_seen: instantOf(since + limit),
      last_seen: instantOf(now),
      run,
      title: `run ${run} of ${worker} is alive and ${at} for over ${durationText(step.times * limit)}`,
      facts: { worker, claimed_at, last_heartbeat_at, progress_at, percent, note },
    };
  },
  turns: (subject, limits) => [
    ...turnsOf(STILL, stillSince(subject), limits.of('diagnose_no_progress_ms')),
    ...(subject.task.claim_expires === null ? [] : [toMs(subject.task.claim_expires)]),
  ],
  remedies: (_, { task: { task_id } }) => [remedy.history(task_id), remedy.reclaim(task_id), remedy.progressTimeout(task_id)],
});

/** From when every watchdog would have judged the run. One that is being stopped was judged. */
const overdueSince = ({ task: { status, claim_expires, open_run } }: Subject, limits: Limits): number | null => {
  if (status !== 'running' || claim_expires === null || (open_run !== null && open_run.revoked !== null)) return null;
  const processKnown = open_run !== null && (open_run.process !== null || open_run.started !== null);
  return judgedFrom(toMs(claim_expires), processKnown, limits.of);
};

export const overdue = rule<SeenOf<'overdue'>>({
  kind: 'overdue',
  severity: 'warning; error after ten times diagnose_overdue',
  seen: 'a lease has been over for diagnose_overdue, and foreign_grace before where a process is known, and nobody judged the run',
  clears: 'a beat, an extension or a verdict',
  thresholds: ['diagnose_overdue_ms'],
  find: ({ task, ...subject }, limits, now) => {
    const [since, limit] = [overdueSince({ task, ...subject }, limits), limits.of('diagnose_overdue_ms')];
    const step = stepAt(OVERDUE, since, limit, now);
    const { run, worker, claim_expires } = task;
    if (step === null || since === null || worker === null || claim_expires === null) return null;
    return {
      kind: 'overdue',
      severity: step.severity,
      count: 1,
      first_seen: instantOf(since + limit),
      last_seen: instantOf(now),
      run,
      title: `the lease of run ${run} (${worker}) has been over for more than ${durationText(step.times * limit)}: nobody is watching`,
      facts: { worker, claim_expires },
    };
  },
  turns: (subject, limits) => turnsOf(OVERDUE, overdueSince(subject, limits), limits.of('diagnose_overdue_ms')),
  remedies: (_, { task: { task_id } }) => [remedy.serve, remedy.reclaim(task_id)],
});
