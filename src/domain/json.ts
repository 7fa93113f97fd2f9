import { z } from 'zod';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON; the order of keys does not matter, and a key that is undefined is not there. */
export const sameJson = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameJson(a[key], b[key]));
};

/** The same text for the same JSON: keys in order, one that is undefined left out. */
export const sortedJson = (value: unknown): string => JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
};

/** One level less than a store takes, because the event wraps the value. What is deeper, or refers to itself, is refused. */
const MAX_DEPTH = 99;

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const isJson = (value: unknown, depth = 0): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false;
  // `every` skips the holes of an array; `includes` finds them.
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1)) && !value.includes(undefined);
  return isPlain(value) && Object.values(value).every((item) => isJson(item, depth + 1));
};

/** The value as it will be read back from the store. Not structuredClone: that refuses a proxy, and keeps -0. */
const copied = (value: z.core.util.JSONType): z.core.util.JSONType => JSON.parse(JSON.stringify(value));

/**
 * Any JSON, copied: whoever gave it may go on changing what is theirs. Not `z.json()`: that is a schema that holds itself, and zod neither compiles an
 * object with such a field nor parses it, the field given or not, without WeakMaps to find circles by: 3 KB of garbage each time.
 */
export const Json = z.custom<z.core.util.JSONType>((value) => isJson(value)).transform(copied);
