import { parseArgs } from 'node:util';
import { argumentsOf } from './arguments.ts';
import type { Arguments, Value } from './arguments.ts';
import { UsageError } from '../errors.ts';
import { isTaskId } from '../identity.ts';
import { nearest } from '../../../domain/nearest.ts';
import { GLOBAL_OPTIONS } from './options.ts';
import type { Option, Options } from './options.ts';
import { valueOf } from './values.ts';
import type { Verb } from './verb.ts';

/** Which verb the command line names, and the line without it. `name` is empty when it names none. */
export const splitVerb = (argv: readonly string[], known: readonly string[]): { readonly name: string; readonly argv: readonly string[] } => {
  const first = firstPositional(argv);
  if (first === undefined) return { name: '', argv };
  const rest = argv.toSpliced(first.index, 1);
  const second = firstPositional(rest);
  const pair = second === undefined ? '' : `${first.value} ${second.value}`;
  if (second !== undefined && known.includes(pair)) return { name: pair, argv: rest.toSpliced(second.index, 1) };
  return { name: first.value, argv: rest };
};

const firstPositional = (argv: readonly string[]): { readonly index: number; readonly value: string } | undefined =>
  tokensOf(argv, GLOBAL_OPTIONS).flatMap((token) => (token.kind === 'positional' ? [{ index: token.index, value: token.value }] : []))[0];

/** @throws UsageError naming what is wrong, the value, and what is allowed */
export const parseVerb = (name: string, verb: Verb, argv: readonly string[]): Arguments => {
  const options: Options = { ...verb.options, ...GLOBAL_OPTIONS };
  const tokens = tokensOf(argv, options);
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? argv.length;
  const values = new Map<string, Value[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = optionNamed(name, token.name, token.rawName, options);
    const value = valueOf(token.rawName, option, token.value, token.inlineValue === true);
    values.set(token.name, option.many === true ? [...(values.get(token.name) ?? []), value] : [value]);
  }
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' && (verb.rest === undefined || token.index < end) ? [token.value] : []));
  const rest = verb.rest === undefined ? [] : argv.slice(end + 1);
  if (values.has('help')) return argumentsOf(positionals, rest, values);
  return argumentsOf(checkCount(name, verb, positionals), checkRest(name, verb, rest), values);
};

const tokensOf = (argv: readonly string[], options: Options) =>
  parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind, short }]) => [
        name,
        { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) },
      ]),
    ),
  }).tokens;

const optionNamed = (verb: string, name: string, raw: string, options: Options): Option => {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option !== undefined) return option;
  const guess = nearest(name, Object.keys(options));
  throw new UsageError(`${verb} has no option ${raw}.${guess === undefined ? '' : ` Did you mean --${guess}?`} See: holdfast help ${verb}`, {
    option: raw,
    ...(guess === undefined ? {} : { nearest: `--${guess}` }),
    allowed: Object.keys(options).map((known) => `--${known}`),
  });
};

const checkCount = (name: string, verb: Verb, given: readonly string[]): readonly string[] => {
  const least = verb.takes.filter((word) => !word.startsWith('[')).length;
  const most = verb.takes.some((word) => word.includes('...')) ? Number.POSITIVE_INFINITY : verb.takes.length;
  const takes = verb.takes.length === 0 ? 'no arguments' : verb.takes.join(' ');
  if (given.length < least)
    throw new UsageError(`${name} needs ${(verb.takes[given.length] ?? takes).replace('...', '')}. See: holdfast help ${name}`, { takes });
  if (given.length > most) {
    const extra = given.slice(most).join(' ');
    const mend = isTaskId(extra) && Object.hasOwn(verb.options, 'task') ? `Give --task ${extra}.` : 'Quote a text with blanks.';
    throw new UsageError(`${name} takes ${takes}; ‘${extra}’ is too much. ${mend}`, { takes, value: extra });
  }
  return given;
};

const checkRest = (name: string, verb: Verb, rest: readonly string[]): readonly string[] => {
  if (verb.rest !== undefined && rest.length === 0)
    throw new UsageError(`${name} needs a command after --, as in: ${verb.examples[0] ?? name}`, { takes: verb.rest });
  return rest;
};
