import type { z } from 'zod';
import type { Refusal } from './task/answers.ts';

type Issue = { readonly field: string; readonly given: unknown; readonly problem: string };

const at = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), input);

/** What was wrong with a command, field by field, with the value given; nothing was written. */
export const invalidInput = (what: string, error: z.ZodError, input: unknown): Refusal => {
  const issues = error.issues.map(({ path, message }): Issue => ({ field: path.map(String).join('.'), given: at(input, path), problem: message }));
  const lines = issues.map(
    ({ field, given, problem }) => `${field === '' ? what : field}: ${problem}${given === undefined ? '' : ` (given: ${shown(given)})`}`,
  );
  return { ok: false, code: 'InvalidInput', message: lines.join('; '), issues };
};

/** A value cut to what a person can read in one line. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}… ${text.length} characters` : text;
};
