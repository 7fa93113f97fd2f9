import { durationText } from '../domain/duration.ts';
import type { RunAccount } from './account.ts';
import { deadlineText } from './deadlineText.ts';
import { ageText, laterText, timeOn } from './times.ts';

/** The column at which `failure counted` begins. */
const HEAD_WIDTH = 57;
const LABEL_WIDTH = 10;

type Line = readonly [label: string, text: string];

/** One run; times are on `day` unless they say their date. */
export const aboutRun = (run: RunAccount, day: string): string => {
  const at = (instant: string): string => timeOn(day, instant);
  const deadline = deadlineText(run, at);
  const lines: readonly (Line | null)[] = [
    line('rule', run.rule),
    line(run.outcome === 'failed' ? 'error' : 'said', run.said),
    line('output', run.last_output === null ? null : JSON.stringify(run.last_output.trim().slice(-300))),
    line('deadline', deadline),
    deadline === null ? line('process', processText(run)) : null,
    line('beat', beatText(run, at, deadline !== null)),
    line('extended', extendedText(run, at)),
    deadline === null ? null : line('process', processText(run)),
    line('judged', deadline === null ? judgedText(run, at) : null),
    line('stop', stopText(run, at)),
    line('waits', waitText(run, at)),
    line('after', afterText(run, at)),
  ];
  const shown = lines.flatMap((each) => (each === null ? [] : [`  ${each[0].padEnd(LABEL_WIDTH)}${each[1]}`]));
  return [head(run), ...shown, `  prevented by  ${run.prevented_by}`].join('\n');
};

const line = (label: string, text: string | null): Line | null => (text === null ? null : [label, text]);

const head = ({ run, worker, outcome, end, counts_as_failure, failure_count }: RunAccount): string => {
  const limit = failure_count?.limit == null ? ' in a row' : ` of ${failure_count.limit}, limit from ${failure_count.limit_source ?? 'the task'}`;
  const counted = !counts_as_failure ? 'no' : failure_count === null ? 'yes' : `yes (${failure_count.failures}${limit})`;
  return `${`RUN ${run}  ${worker}  ${outcome.toUpperCase()}  ${end}`.padEnd(HEAD_WIDTH - 1)} failure counted: ${counted}`;
};

const processText = ({ evidence, stop, outcome }: RunAccount): string | null => {
  if (evidence === null) return null;
  const { looked_at, process, supervisor } = evidence.probe;
  const seen = process === 'alive' && supervisor === 'alive' ? looked_at.slice(0, 1) : looked_at;
  if (seen.length === 0) return null;
  return `${seen.join('; ')}${process === 'dead' && stop === null && outcome === 'reclaimed' ? '; no stop needed' : ''}`;
};

const beatText = (
  { last_beat, lease_ms, lease_source, claim_expires, evidence, ended_at }: RunAccount,
  at: (instant: string) => string,
  due: boolean,
): string => {
  const judgedAt = evidence?.judged_at ?? ended_at;
  const said = last_beat === null ? [] : [last_beat.note === null ? null : `"${last_beat.note}"`, last_beat.percent === null ? null : `${last_beat.percent} %`];
  const beat =
    last_beat === null
      ? 'none in this run'
      : [`rev ${last_beat.revision}`, last_beat.source, ...said.filter((part) => part !== null), `${ageText(last_beat.age_ms)} old`].join(', ');
  if (due && evidence !== null) return `${beat}; judged at revision ${evidence.judged_revision}`;
  const good = claim_expires >= judgedAt ? 'was good until' : 'had run out at';
  return `${beat}; lease ${durationText(lease_ms)} (${lease_source}) ${good} ${at(claim_expires)}`;
};

const waitText = ({ not_before, backoff, end, retry_after_ms }: RunAccount, at: (instant: string) => string): string | null => {
  if (not_before === null) return null;
  const until = `not claimable before ${at(not_before)}`;
  if (retry_after_ms !== null) return `${until}: the worker was told to come again after ${durationText(retry_after_ms)}`;
  if (backoff === null) return `${until}${end === 'rate_limited' ? ': cool-down after a rate limit' : ''}`;
  const { failures, retry_backoff_ms: base, retry_backoff_max_ms: most } = backoff;
  const step = `${durationText(base.value)} (${base.source})${failures === 1 ? '' : `, doubled ${failures - 1}×`}`;
  return `${until}: back-off after ${failures} in a row, ${step}, at most ${durationText(most.value)} (${most.source}), less up to a quarter`;
};

const WHY = { supervisor_alive: 'its supervisor saw it alive', process_alive: 'a watchdog saw its process alive' } as const;

const extendedText = ({ extended }: RunAccount, at: (instant: string) => string): string | null => {
  if (extended === null) return null;
  const { count, why, first_revision, last_revision, first_at, last_at } = extended;
  const because = why.map((each) => WHY[each]).join(', and ');
  if (count === 1) return `1× because ${because}: rev ${first_revision} (${at(first_at)})`;
  const gapless = last_revision - first_revision === BigInt(count - 1);
  return `${count}× because ${because}: rev ${first_revision}${gapless ? '–' : ' … '}${last_revision} (${at(first_at)} … ${at(last_at)})`;
};

const judgedText = ({ evidence, judged_by }: RunAccount, at: (instant: string) => string): string | null => {
  if (evidence === null) return null;
  const { judge, judged_at, judged_revision, view_behind, discounted_ms, beat_discounted_ms } = evidence;
  const by = judge.kind === 'operator' ? judged_by : `${judge.kind} ${judge.id} ${judge.version}, view ${view_behind} events behind`;
  const discounted =
    discounted_ms === 0
      ? ''
      : `; ${durationText(discounted_ms)} of a clock jump discounted${beat_discounted_ms === undefined ? '' : `, ${durationText(beat_discounted_ms)} of it since the last beat`}`;
  return `${at(judged_at)} at revision ${judged_revision}; ${by}${discounted}`;
};

const stopText = ({ stop, outcome, revoked_at }: RunAccount, at: (instant: string) => string): string | null => {
  if (stop === null) return outcome === 'revoked' && revoked_at !== null ? `asked for at ${at(revoked_at)}, not confirmed yet` : null;
  const end = stop.gone_at === null ? (stop.confirmed ? 'gone' : 'not seen gone') : `gone ${at(stop.gone_at)}`;
  return [...stop.signals.map(({ signal, at: sent }) => `${signal} ${at(sent)}`), end].join(', ');
};

const afterText = ({ next, late_commands, run, stop }: RunAccount, at: (instant: string) => string): string => {
  const late = late_commands.length === 0 ? 'none' : late_commands.map(({ command, revision }) => `${command}, kept at rev ${revision}`).join('; ');
  return `${nextText(next, stop !== null, at)}; late commands from run ${run}: ${late}`;
};

/** After a stop it gives the time of day, not a length: the run was over later than it was judged, so “how long after” would mislead. */
const nextText = (next: RunAccount['next'], stopped: boolean, at: (instant: string) => string): string => {
  if (next === null) return 'nobody has claimed it since';
  const when = stopped ? at(next.at) : laterText(next.after_ms);
  switch (next.what) {
    case 'claimed':
      return `rev ${next.revision} run ${next.run ?? '?'} claimed ${when}`;
    case 'gave_up':
      return `rev ${next.revision} gave up`;
    case 'archived':
      return `rev ${next.revision} archived ${when}`;
    case 'completed':
      return `rev ${next.revision} completed by a person ${when}`;
  }
};
