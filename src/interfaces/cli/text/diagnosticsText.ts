import type { PolicyKey } from '../../../domain/policy.ts';
import { SEVERITIES, type Diagnostic, type Severity } from '../../../projections/diagnostics/diagnostic.ts';
import type { DiagnosticChange } from '../../../projections/diagnostics/changes.ts';
import type { Paste } from '../paste.ts';
import { age, withAge } from './ages.ts';
import type { Paint } from './paint.ts';
import { nameOf, policyText } from './policyText.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

const COLOURS: Readonly<Record<Severity, keyof Paint>> = { warning: 'yellow', error: 'red', critical: 'red' };

type Counts = Readonly<Record<Severity, number>>;

export const countsOf = (diagnostics: readonly Pick<Diagnostic, 'severity'>[]): Counts => {
  const of = (wanted: Severity): number => diagnostics.filter(({ severity }) => severity === wanted).length;
  return { critical: of('critical'), error: of('error'), warning: of('warning') };
};

/** `3 diagnostics: 1 error, 2 warnings` */
const countsText = (counts: Counts): string => {
  const sum = SEVERITIES.reduce((total, severity) => total + counts[severity], 0);
  const each = SEVERITIES.toReversed().flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${plural(severity, counts[severity])}`]));
  return `${sum} ${sum === 1 ? 'diagnostic' : 'diagnostics'}: ${each.join(', ')}`;
};
const plural = (severity: Severity, count: number): string => (severity === 'critical' || count === 1 ? severity : `${severity}s`);

/** Where to read more, for verbs that only count them; nothing where there are none. */
export const hintOf = (counts: Counts, paste: Paste): readonly string[] =>
  Object.values(counts).some((count) => count > 0) ? [`${countsText(counts)}; next: ${paste('holdfast diagnostics')}`] : [];

/** Diagnostics for people: what, since when, the reasons given, the limits, and what to type. */
export const diagnosticsText = (diagnostics: readonly Diagnostic[], now: number, paint: Paint): string =>
  [...diagnostics.map((diagnostic) => diagnosticText(diagnostic, now, paint)), countsText(countsOf(diagnostics))].join('\n\n');

const diagnosticText = (diagnostic: Diagnostic, now: number, paint: Paint): string => {
  const { severity, kind, task_id, task_title, title } = diagnostic;
  const rows: readonly Rows[] = [
    ['what', [oneLine(title)]],
    ['seen', [seenText(diagnostic, now)]],
    ['reasons', reasonsOf(diagnostic).map(oneLine)],
    ['limits', limitsOf(diagnostic)],
    ['do', table(diagnostic.remedies.map(({ command, means }) => [command, means])).split('\n')],
  ];
  const lines = rows.flatMap(([name, texts]) => texts.map((text, n) => `  ${paint.dim((n === 0 ? name : '').padEnd(WIDTH))}  ${text}`));
  return [`${paint[COLOURS[severity]](severity.toUpperCase())}  ${kind}  ${paint.bold(task_id)}  "${oneLine(task_title)}"`, ...lines].join('\n');
};
type Rows = readonly [name: string, texts: readonly string[]];
const WIDTH = 'reasons'.length;

const seenText = ({ count, first_seen, last_seen }: Diagnostic, now: number): string => {
  const first = withAge(first_seen, now);
  return count === 1 ? `since ${first}` : `${count} times, first ${first}, last ${age(last_seen, now)}`;
};

/** What was said, where a rule is about words. */
const reasonsOf = (diagnostic: Diagnostic): readonly string[] => {
  switch (diagnostic.kind) {
    case 'block_unblock_cycling':
      return diagnostic.facts.reasons;
    case 'false_reclaim':
      return diagnostic.facts.runs.map(
        ({ run, verdict, worker, late }) => `run ${run}, ${verdict}: ${worker ?? 'its worker'} still said ${late.map(({ command }) => command).join(', ')}`,
      );
    case 'repeated_failures':
    case 'repeated_crashes':
    case 'stuck_in_blocked':
    case 'stranded_in_ready':
    case 'not_progressing':
    case 'overdue':
    case 'phantom_results':
    case 'phantom_mentions':
      return [];
  }
};

const limitsOf = ({ policy }: Diagnostic): readonly string[] => {
  const isKey = (key: string): key is PolicyKey => key in policy;
  const each = Object.entries(policy).flatMap(([key, { value, source }]) => (isKey(key) ? [`${nameOf(key)} ${policyText(key, value)} (${source})`] : []));
  return each.length === 0 ? [] : [each.join(', ')];
};

/** One change in one line. */
export const changeLine = ({ change, diagnostic: { severity, kind, task_id, title, last_seen } }: DiagnosticChange, paint: Paint): string =>
  `${last_seen.slice(0, 19).replace('T', ' ')}  ${change.padEnd('changed'.length)}  ${paint[COLOURS[severity]](severity.padEnd('critical'.length))}  ${task_id}  ${kind}  ${oneLine(title)}`;
