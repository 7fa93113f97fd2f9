import { GLOBAL_OPTIONS } from './line/options.ts';
import type { Options } from './line/options.ts';
import { SECTIONS } from './verbs.ts';
import type { Verb, VerbTable } from './line/verb.ts';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** `holdfast`, `holdfast help`: what there is, and how to begin. */
export const overview = (version: string): string =>
  [
    `holdfast ${version}: a task board that notices when a worker stops working`,
    'Begin:\n  holdfast init\n  holdfast create "Say hi"\n  holdfast claim --next\n  holdfast work -- ./job.sh {task_id}',
    ...SECTIONS.map(({ title, verbs }) => `${title}:\n${summaries(verbs)}`),
    `On every verb:\n${optionLines(GLOBAL_OPTIONS)}`,
    'Alone:\n  -V, --version  which version this is',
    'Exit codes: 0 ok, 1 defect, 2 usage, 3 not found, 4 refused, 5 fenced (your run is over), 6 nothing to claim, 7 store, 75 later',
    'More: holdfast help VERB',
  ].join('\n\n');

const summaries = (verbs: VerbTable): string => columns(Object.entries(verbs).map(([name, { summary }]) => [name, summary]));

/** `holdfast help board`, `holdfast board --help`: the verbs that begin with a word. */
export const familyHelp = (name: string, verbs: VerbTable): string =>
  [
    `Usage:\n  holdfast ${name} VERB [options]`,
    `Verbs:\n${summaries(verbs)}`,
    `On every verb:\n${optionLines(GLOBAL_OPTIONS)}`,
    `Examples:\n${Object.values(verbs)
      .flatMap(({ examples }) => examples.slice(0, 1))
      .map((example) => `  ${example}`)
      .join('\n')}`,
    `More: holdfast help ${name} VERB`,
  ].join('\n\n');

/** `holdfast help VERB`, `holdfast VERB --help`. */
export const verbHelp = (name: string, { summary, takes, needs, rest, options, exits, examples }: Verb): string =>
  [
    `holdfast ${name}: ${summary}`,
    `Usage:\n  ${['holdfast', name, ...takes, ...(needs === undefined ? [] : [needs]), '[options]', ...(rest === undefined ? [] : ['--', rest])].join(' ')}`,
    ...(Object.keys(options).length === 0 ? [] : [`Options:\n${optionLines(options)}`]),
    `On every verb:\n${optionLines(GLOBAL_OPTIONS)}`,
    ...(exits === undefined ? [] : [`Exit codes:\n${columns(exits)}`]),
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ].join('\n\n');

const optionLines = (options: Options): string =>
  columns(
    Object.entries(options).map(([name, { value, short, choices, means }]) => [
      `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      choices === undefined ? means : `${means}: ${choices.join(', ')}`,
    ]),
  );
