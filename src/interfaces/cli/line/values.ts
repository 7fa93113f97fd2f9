import { DURATION_FORMS, parseDuration } from '../../../domain/duration.ts';
import type { JsonValue, Value } from './arguments.ts';
import { UsageError } from '../errors.ts';
import type { Option } from './options.ts';
import { inRange, rangeText } from '../text/policyText.ts';

/** The value of one option on the command line. @throws UsageError */
export const valueOf = (raw: string, option: Option, given: string | undefined, inline: boolean): Value => {
  if (option.kind === 'flag') {
    if (given !== undefined) throw refused(raw, given, 'no value');
    return { kind: 'flag', flag: true };
  }
  if (given === undefined) throw new UsageError(`${raw} needs a value: ${allowedFor(option)}`, { option: raw, allowed: allowedFor(option) });
  if (!inline && /^-[^\d]/.test(given)) {
    throw new UsageError(`${raw} needs a value, and ‘${given}’ looks like an option. Write ${raw}=${given} when it is meant.`, { option: raw, value: given });
  }
  if (option.choices !== undefined && !option.choices.includes(given)) throw refused(raw, given, allowedFor(option));
  return convert(raw, option, given);
};

const convert = (raw: string, option: Option, given: string): Value => {
  switch (option.kind) {
    case 'flag':
    case 'text':
      return { kind: 'text', text: given };
    case 'integer':
    case 'number':
      return numberOf(raw, option, given);
    case 'duration': {
      const ms = parseDuration(given);
      if (ms === undefined) throw refused(raw, given, DURATION_FORMS);
      return limited(raw, option, given, ms);
    }
    case 'json':
      return { kind: 'json', value: jsonOf(raw, given) };
  }
};

const numberOf = (raw: string, option: Option, given: string): Value => {
  const number = Number(given);
  const fits = given.trim() !== '' && (option.kind === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number));
  if (!fits) throw refused(raw, given, allowedFor(option));
  return limited(raw, option, given, number);
};

const limited = (raw: string, { limit }: Option, given: string, number: number): Value => {
  if (limit !== undefined && !inRange(limit, number)) throw refused(raw, given, rangeText(limit));
  return { kind: 'number', number };
};

const jsonOf = (raw: string, given: string): JsonValue => {
  try {
    const value: JsonValue = JSON.parse(given);
    return value;
  } catch {
    throw refused(raw, given, 'JSON, such as {"done":3} (quote it for the shell)');
  }
};

const allowedFor = ({ kind, choices }: Option): string => {
  if (choices !== undefined) return choices.join(', ');
  const allowed = { flag: 'no value', text: 'a text', integer: 'a whole number', number: 'a number', duration: DURATION_FORMS, json: 'JSON' } as const;
  return allowed[kind];
};

const refused = (raw: string, given: string, allowed: string): UsageError =>
  new UsageError(`${raw} ‘${given}’ is not allowed: it takes ${allowed}`, { option: raw, value: given, allowed });
