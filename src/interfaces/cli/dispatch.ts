import { actorOf, workerOf } from './identity.ts';
import type { Arguments } from './line/arguments.ts';
import type { Call } from './call.ts';
import { UsageError } from './errors.ts';
import { EXIT } from './exits.ts';
import { failureOf } from './failures.ts';
import type { Io } from './io.ts';
import { logLevel } from './logLevel.ts';
import { nearest } from '../../domain/nearest.ts';
import { openSettled } from './open.ts';
import type { Opened } from './open.ts';
import { done } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { paintFor } from './text/paint.ts';
import { parseVerb, splitVerb } from './line/parse.ts';
import type { Verb } from './line/verb.ts';
import { render } from './render.ts';
import { VERBS } from './verbs.ts';
import { version } from '../../platform/version.ts';

/** One command line: parse, run the verb, print its outcome. Answers the exit code. */
export const dispatch = async (argv: readonly string[], io: Io): Promise<number> => {
  const end = argv.indexOf('--');
  const json = (end === -1 ? argv : argv.slice(0, end)).includes('--json');
  const outcome = await runLine(argv, io).catch((error: unknown) => failureOf(error));
  render(outcome, { json, io, paint: paintFor(io) });
  if (!json && outcome.exit !== EXIT.ok && isEvaluated(argv)) io.out(`${NOTHING_TO_EVALUATE}; (exit ${outcome.exit})\n`);
  return outcome.exit;
};

/** What it prints is for `eval "$(…)"`, which succeeds on empty output whatever the exit code was. So the failure has to be part of what is evaluated. */
const isEvaluated = (argv: readonly string[]): boolean => argv.includes('--export') && splitVerb(argv, Object.keys(VERBS)).name === 'claim';
/** So that nobody goes on with an earlier run. The `(exit N)` after it becomes the status of eval, which ends a script under `set -e`. */
const NOTHING_TO_EVALUATE = 'unset HOLDFAST_TASK HOLDFAST_RUN HOLDFAST_LEASE';

const VERSION: readonly string[] = ['--version', '-V'];
const KNOWN_ALONE: readonly string[] = ['--help', '-h', '--json', ...VERSION];

const HELP: readonly string[] = ['--help', '-h'];

/** Exit codes of our own failures: a verb that exits as its child does gives another one instead, so that nobody takes it for the child's. */
const OWN_FAILURES: readonly number[] = [EXIT.defect, EXIT.store];

const runLine = async (argv: readonly string[], io: Io): Promise<Outcome> => {
  const line = splitVerb(argv, Object.keys(VERBS));
  if (line.name === '' && argv.some((word) => VERSION.includes(word))) return done({ version: version() }, version());
  const stranger = line.name === '' ? argv.find((word) => word.startsWith('-') && !KNOWN_ALONE.includes(word)) : undefined;
  if (stranger !== undefined)
    throw new UsageError(`holdfast has no option ${stranger} without a verb. See: holdfast help`, { option: stranger, allowed: KNOWN_ALONE });
  if (line.name === '' || line.name === 'help') return await helpFor(line.argv.filter((word) => !word.startsWith('-')).join(' '));
  if (familyOf(line.name).length > 0 && line.argv.some((word) => HELP.includes(word))) return await helpFor(line.name);
  const verb = verbNamed(line.name);
  const args = parseVerb(line.name, verb, line.argv);
  if (args.flag('help')) return await helpFor(line.name);
  const opened: Promise<Opened>[] = [];
  try {
    const call = await callOf(line.name, args, io, opened, verb.agent);
    const handler = await verb.load();
    const outcome = await handler(call).catch((error: unknown) => ownFailure(verb, error));
    const { pasteableOutcome } = await import('./paste.ts');
    return pasteableOutcome(outcome, call.paste);
  } catch (error) {
    return ownFailure(verb, error);
  } finally {
    for (const each of opened) await each.then((holdfast) => holdfast.close()).catch(() => undefined);
  }
};

const ownFailure = ({ failure_exit }: Verb, error: unknown): Outcome => {
  const failure = failureOf(error);
  return failure_exit !== undefined && OWN_FAILURES.includes(failure.exit) ? { ...failure, exit: failure_exit } : failure;
};

const callOf = async (verb: string, args: Arguments, io: Io, opened: Promise<Opened>[], agent?: boolean): Promise<Call> => {
  // These load zod, which help and usage do without.
  const { readSettings } = await import('../settings.ts');
  const { pasteFor } = await import('./paste.ts');
  logLevel(io);
  const flags = { store: args.text('store'), board: args.text('board'), worker: args.text('worker'), as: args.text('as') };
  const settings = readSettings({ flags, env: io.env, cwd: io.cwd });
  const actor = actorOf(io, settings, agent);
  const command_id = args.text('command-id');
  const open = (signal?: AbortSignal) => {
    const [first] = opened;
    if (first !== undefined) return first;
    const opening = openSettled(settings, actor, false, signal);
    opened.push(opening);
    // What did not open may be tried again.
    opening.catch(() => opened.splice(opened.indexOf(opening), 1));
    return opening;
  };
  return {
    verb,
    args,
    json: args.flag('json'),
    io,
    paint: paintFor(io),
    paste: pasteFor(settings),
    settings,
    actor,
    worker: workerOf(io, settings),
    open,
    execute: { actor, ...(command_id === undefined ? {} : { command_id }) },
  };
};

const helpFor = async (name: string): Promise<Outcome> => {
  const { familyHelp, overview, verbHelp } = await import('./help.ts');
  if (name === '') return done({ version: version(), verbs: Object.keys(VERBS) }, overview(version()));
  const family = familyOf(name);
  if (family.length > 0) return done({ verbs: family }, familyHelp(name, Object.fromEntries(family.map((each) => [each, verbNamed(each)]))));
  const { load: _, ...verb } = verbNamed(name);
  return done({ verb: name, ...verb }, verbHelp(name, verbNamed(name)));
};

/** The verbs that begin with a word which is none by itself. */
const familyOf = (name: string): readonly string[] => (Object.hasOwn(VERBS, name) ? [] : Object.keys(VERBS).filter((known) => known.startsWith(`${name} `)));

const verbNamed = (name: string) => {
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb !== undefined) return verb;
  const known = Object.keys(VERBS);
  const family = familyOf(name).map((each) => each.slice(name.length + 1));
  if (family.length > 0) throw new UsageError(`${name} needs one of: ${family.join(', ')}. See: holdfast help ${name}`, { verb: name, allowed: family });
  const guess = nearest(name, known);
  throw new UsageError(`There is no verb ‘${name}’.${guess === undefined ? '' : ` Did you mean ${guess}?`} See: holdfast help`, {
    verb: name,
    ...(guess === undefined ? {} : { nearest: guess }),
    allowed: known,
  });
};
