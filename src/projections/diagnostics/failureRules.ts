import type { SeenOf } from './diagnostic.ts';
import { rule, type Limits, type Subject } from './rule.ts';
import * as remedy from './remedies.ts';

/** More of an error than this does not fit a line (the reference's 160 characters). */
const MOST_IN_TITLE = 160;
const because = (error: string | null): string => (error === null || error === '' ? '' : `: ${error.replaceAll(/\s+/g, ' ').slice(0, MOST_IN_TITLE)}`);

const failureThreshold = (limits: Limits): number => limits.of('diagnose_failures') || limits.of('failure_limit');
const gaveUp = ({ task }: Subject): boolean => task.status === 'blocked' && task.blocked?.by === 'breaker';

const failuresIn = (subject: Subject, limits: Limits): SeenOf<'repeated_failures'> | null => {
  const { failures } = subject.trouble;
  const gave_up = gaveUp(subject);
  const limit = failureThreshold(limits);
  if (failures === null || (failures.count < limit && !gave_up)) return null;
  const { count, first_at, last_at, run, end, error } = failures;
  return {
    kind: 'repeated_failures',
    severity: count >= 2 * limit ? 'critical' : 'error',
    count,
    first_seen: first_at,
    last_seen: last_at,
    run,
    title: `${gave_up ? 'gave up after' : 'had'} ${count} ${count === 1 ? 'failure' : 'failures'} in a row, last ${end}${because(error)}`,
    facts: { failures: count, limit, gave_up, last_end: end, error },
  };
};

export const repeatedFailures = rule<SeenOf<'repeated_failures'>>({
  kind: 'repeated_failures',
  severity: 'error; critical from twice the limit',
  seen: 'as many failures in a row as diagnose_failures (0: failure_limit), or the task gave up',
  clears: 'the count of failures starts anew: a completion, or a person who unblocks, reclaims, reassigns or reopens',
  thresholds: ['diagnose_failures', 'failure_limit'],
  find: failuresIn,
  turns: () => [],
  remedies: ({ facts, run }, { task: { task_id } }) => [
    remedy.why(task_id, run),
    remedy.log(task_id, run),
    ...(facts.last_end === 'spawn_failed' ? [remedy.doctor] : []),
    ...(facts.gave_up ? [remedy.unblock(task_id)] : []),
    remedy.cancel(task_id),
  ],
});

export const repeatedCrashes = rule<SeenOf<'repeated_crashes'>>({
  kind: 'repeated_crashes',
  severity: 'error; critical from twice the limit',
  seen: 'as many crashes as diagnose_crashes with no success between them, unless repeated_failures says it already',
  clears: 'a completion, or a reclaim that is nobody’s failure',
  thresholds: ['diagnose_crashes'],
  find: (subject, limits) => {
    const limit = limits.of('diagnose_crashes');
    const { crashes } = subject.trouble;
    if (limit === 0 || crashes === null || crashes.count < limit || failuresIn(subject, limits) !== null) return null;
    const { count, first_at, last_at, run, error } = crashes;
    const severity = count >= 2 * limit ? 'critical' : 'error';
    const title = `${count} runs crashed and none was completed since${because(error)}`;
    return { kind: 'repeated_crashes', severity, count, first_seen: first_at, last_seen: last_at, run, title, facts: { crashes: count, error } };
  },
  turns: () => [],
  remedies: ({ run }, { task }) => [
    remedy.why(task.task_id, run),
    remedy.log(task.task_id, run),
    ...(task.status === 'running' ? [remedy.reclaim(task.task_id)] : []),
    remedy.cancel(task.task_id),
  ],
});
