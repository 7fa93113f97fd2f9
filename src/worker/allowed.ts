import { nearest } from '../domain/nearest.ts';
import { InvalidValue } from './schema.ts';

/** What one option takes: in words, as a test, and the words that there are where it takes some of a few. */
type Takes = { readonly takes: string; readonly is: (value: unknown) => boolean; readonly among?: readonly string[] };
/** What there is to say in an options object: every key of it. */
export type Allowed<Options> = Readonly<Record<keyof Options & string, Takes>>;

/** For callers without types, or with wider ones: an option nobody reads is a mistake that shows nowhere. @throws InvalidValue, naming what, the key or value, and what is allowed */
export const onlyAllowed = (what: string, allowed: Readonly<Record<string, Takes>>, given: unknown): void => {
  const keys = Object.keys(allowed);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidValue(`${what}: takes an object with ${keys.join(', ')}; got ${shown(given)}`);
  const options = new Map(Object.entries(allowed));
  for (const [key, value] of Object.entries(given)) {
    const option = options.get(key);
    if (option === undefined) throw new InvalidValue(`${what}: there is no ‘${key}’${didYouMean(key, keys)} Allowed: ${keys.join(', ')}`);
    if (value !== undefined && !option.is(value))
      throw new InvalidValue(`${what}: ${key} ${shown(value)} is not allowed: it takes ${option.takes}${meant(value, option)}`);
  }
};

const didYouMean = (word: string, known: readonly string[]): string => {
  const guess = nearest(word, known);
  return guess === undefined ? '.' : `; did you mean ${guess}?`;
};

const meant = (value: unknown, { among = [] }: Takes): string => {
  const stray = [value].flat().find((one) => typeof one === 'string' && !among.includes(one));
  const guess = typeof stray === 'string' ? nearest(stray, among) : undefined;
  return guess === undefined ? '' : `; did you mean ${guess}?`;
};

const MOST_SHOWN = 80;
const shown = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? JSON.stringify(value).slice(0, MOST_SHOWN) : String(value);
  try {
    return JSON.stringify(value).slice(0, MOST_SHOWN);
  } catch {
    return 'an object';
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';
const has = (value: unknown, key: string): boolean => ((typeof value === 'object' && value !== null) || typeof value === 'function') && key in value;

export const text: Takes = { takes: 'text', is: isText };
export const texts: Takes = { takes: 'a list of text', is: (value) => Array.isArray(value) && value.every(isText) };
export const flag: Takes = { takes: 'true or false', is: (value) => typeof value === 'boolean' };
export const anything: Takes = { takes: 'any JSON', is: () => true };
/** Its range is said by whoever reads it. */
export const number: Takes = { takes: 'a number', is: (value) => typeof value === 'number' };
/** The same. */
export const duration: Takes = { takes: 'ms, or a duration such as 90s or 3m', is: (value) => typeof value === 'number' || isText(value) };
export const signal: Takes = { takes: 'an AbortSignal', is: (value) => has(value, 'aborted') && has(value, 'addEventListener') };
export const schema: Takes = { takes: 'a schema with safeParse, such as one of zod', is: (value) => has(value, 'safeParse') };
export const oneOf = (among: readonly string[]): Takes => ({ takes: among.join(', '), is: (value) => isText(value) && among.includes(value), among });
export const someOf = (among: readonly string[]): Takes => ({
  takes: `a list of ${among.join(', ')}`,
  is: (value) => Array.isArray(value) && value.every(oneOf(among).is),
  among,
});
export const countFrom = (least: number): Takes => ({
  takes: `a whole number from ${least}`,
  is: (value) => typeof value === 'number' && Number.isInteger(value) && value >= least,
});
