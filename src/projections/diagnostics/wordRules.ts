import { instantOf, toMs } from '../../domain/instant.ts';
import { KEPT_BY, SAYS_GONE } from '../../domain/outcomes.ts';
import { durationText } from '../../domain/duration.ts';
import type { RunRow } from '../runs.ts';
import type { FalseReclaim, SeenOf } from './diagnostic.ts';
import { rule, type Subject } from './rule.ts';
import * as remedy from './remedies.ts';
import type { LateWord, TakenRun } from './troubleRow.ts';

/** What the limit of the verdict would have had to allow, so that the first late word had come in time. */
const neededFor = ({ verdict, last_heartbeat_at, progress_since, late: [word], policy }: TakenRun, run: RunRow | undefined): FalseReclaim['kept_by'] => {
  const key = KEPT_BY[verdict];
  if (key === null || word === undefined) return null;
  const claimed = run?.claimed_at ?? null;
  const silent_since = key === 'progress_timeout_ms' ? progress_since : last_heartbeat_at;
  const from = key === 'max_runtime_ms' ? claimed : (silent_since ?? claimed);
  if (from === null) return null;
  // Evidence names every limit that its verdict used: null only where nobody of ours wrote the event.
  const in_force = policy[key] ?? null;
  return { policy: key, in_force, needed_ms: toMs(word.at) - toMs(from) };
};

const falseReclaim = (taken: TakenRun, runs: readonly RunRow[]): FalseReclaim => {
  const run = runs.find((row) => row.run === taken.run);
  const { late, verdict, taken_at } = taken;
  return { run: taken.run, worker: run?.worker ?? null, verdict, taken_at, late, kept_by: neededFor(taken, run) };
};

/** Where the verdict knew that the worker lived, only a result proves that it should have waited. */
const disproves = ({ verdict }: TakenRun, { command }: LateWord): boolean => SAYS_GONE[verdict] || command === 'CompleteTask';
const lateIn = ({ trouble }: Subject, after: number): readonly TakenRun[] =>
  trouble.taken
    .map((taken) => ({ ...taken, late: taken.late.filter((word) => disproves(taken, word)) }))
    .filter(({ late }) => late.some(({ at }) => toMs(at) > after));
const delivered = ({ late }: FalseReclaim): boolean => late.some(({ command }) => command === 'CompleteTask');
const keptText = ({ kept_by }: FalseReclaim): string =>
  kept_by === null ? 'no limit would have kept it' : `a ${kept_by.policy.replace(/_ms$/, '')} of ${durationText(kept_by.needed_ms)} would have kept it`;

export const falseReclaims = rule<SeenOf<'false_reclaim'>>({
  kind: 'false_reclaim',
  severity: 'warning; error when the late word was a result',
  seen: 'a verdict took away as many runs as diagnose_false_reclaims whose worker beat or delivered afterwards, within diagnose_window',
  clears: 'the window passes, or the task is archived',
  thresholds: ['diagnose_false_reclaims', 'diagnose_window_ms'],
  find: (subject, limits, now) => {
    const limit = limits.of('diagnose_false_reclaims');
    const runs = lateIn(subject, now - limits.of('diagnose_window_ms')).map((taken) => falseReclaim(taken, subject.late_runs));
    const words = runs.flatMap(({ late }) => late.map(({ at }) => toMs(at)));
    const [first, last] = [runs[0], runs.at(-1)];
    if (limit === 0 || runs.length < limit || first === undefined || last === undefined) return null;
    return {
      kind: 'false_reclaim',
      severity: runs.some(delivered) ? 'error' : 'warning',
      count: runs.length,
      first_seen: instantOf(Math.min(...words)),
      last_seen: instantOf(Math.max(...words)),
      run: runs.length === 1 ? first.run : null,
      title: `run ${last.run} was taken away (${last.verdict}), but its worker ${delivered(last) ? 'delivered' : 'spoke'} afterwards: ${keptText(last)}`,
      facts: { runs },
    };
  },
  turns: ({ trouble }, limits) => trouble.taken.flatMap(({ late }) => late.map(({ at }) => toMs(at) + limits.of('diagnose_window_ms'))),
  remedies: ({ facts }, { task: { task_id } }) =>
    facts.runs
      .slice(-1)
      .flatMap(({ run, kept_by }) => [remedy.why(task_id, run), ...(kept_by === null ? [] : remedy.longer(kept_by)), remedy.history(task_id)]),
});

/** What a completion names that is nowhere. The fields in the order in which a reader sees them. */
const phantomsIn = ({ trouble: { named }, missing }: Subject, where: 'results' | 'mentions', says: string) => {
  const phantoms = named?.[where].filter((id) => missing.has(id)) ?? [];
  if (named === null || phantoms.length === 0) return null;
  const { at, run } = named;
  const title = `its ${says} ${phantoms.length === 1 ? 'a task that does not exist' : 'tasks that do not exist'}: ${phantoms.join(', ')}`;
  return { count: phantoms.length, run, title, first_seen: at, last_seen: at, facts: { completed_at: at, missing: phantoms } };
};
const COMPLETED = {
  thresholds: [],
  clears: 'the task is completed again, edited or archived, or the tasks come to be',
  turns: () => [],
  remedies: (_: unknown, { task: { task_id } }: Subject) => [remedy.show(task_id), remedy.reopen(task_id), remedy.archive(task_id)],
} as const;

export const phantomResults = rule<SeenOf<'phantom_results'>>({
  ...COMPLETED,
  kind: 'phantom_results',
  severity: 'error',
  seen: 'the result or the artifacts of a completion name tasks that do not exist',
  find: (subject) => {
    const seen = phantomsIn(subject, 'results', 'result names');
    return seen && { kind: 'phantom_results', severity: 'error', ...seen };
  },
});

export const phantomMentions = rule<SeenOf<'phantom_mentions'>>({
  ...COMPLETED,
  kind: 'phantom_mentions',
  severity: 'warning',
  seen: 'the summary of a completion mentions tasks that do not exist',
  find: (subject) => {
    const seen = phantomsIn(subject, 'mentions', 'summary mentions');
    return seen && { kind: 'phantom_mentions', severity: 'warning', ...seen };
  },
});
