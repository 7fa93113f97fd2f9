import type { Explanation, Outcome, RunAccount } from './account.ts';
import { aboutRun } from './runText.ts';
import { dayOf } from './times.ts';

const TAKEN: readonly (readonly [Outcome, string])[] = [
  ['reclaimed', 'taken away'],
  ['revoked', 'being taken away'],
  ['failed', 'failed'],
  ['released', 'given back'],
  ['blocked', 'blocked'],
];

/** As contract §3 shows it: a head, then a paragraph for every run that ended other than by completion. */
export const explainText = ({ task_id, title, standing, runs_total, counts, runs }: Explanation): string => {
  const parts = TAKEN.filter(([outcome]) => counts[outcome] > 0).map(([outcome, text]) => ({ count: counts[outcome], text }));
  const [first, ...others] = parts;
  const taken =
    first === undefined
      ? 'no run was taken away'
      : [`${first.count} of ${runs_total} ${runs_total === 1 ? 'run' : 'runs'} ${first.text}`, ...others.map(({ count, text }) => `${count} ${text}`)].join(
          ', ',
        );
  const day = dayShown(runs);
  const head = `${task_id} "${title}"  ${standing}   ${taken}${day === null ? '' : `   ${day} UTC`}`;
  return [head, ...runs.map((run) => aboutRun(run, day ?? ''))].join('\n\n');
};

const dayShown = ([first]: readonly RunAccount[]): string | null => (first === undefined ? null : dayOf(first.claimed_at));
