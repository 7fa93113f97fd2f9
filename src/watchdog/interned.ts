/**
 * Values that many claims share, each kept once under a small number. Holders are counted: with the last of them the value goes and its
 * number is given to another, so that hosts, boots and limits that come and go over months leave nothing behind.
 */
interface Interned<Value> {
  /** One holder more; the number is 1 or more, so that 0 can stand for none. */
  take(value: Value): number;
  /** One holder less. Ignored for a number that nobody holds. */
  release(number: number): void;
  get(number: number): Value | undefined;
  /** Different values held. */
  size(): number;
}

type Entry<Value> = { readonly key: string; readonly value: Value };

/** `keyOf`: the same text for values that are the same, and only for them. */
export const interned = <Value>(keyOf: (value: Value) => string): Interned<Value> => {
  const numbers = new Map<string, number>();
  const entries: (Entry<Value> | undefined)[] = [undefined];
  const holders = [0];
  const free: number[] = [];
  return {
    take: (value) => {
      const key = keyOf(value);
      const number = numbers.get(key) ?? free.pop() ?? entries.length;
      entries[number] ??= { key, value };
      holders[number] = (holders[number] ?? 0) + 1;
      numbers.set(key, number);
      return number;
    },
    release: (number) => {
      const entry = entries[number];
      if (entry === undefined) return;
      const left = (holders[number] ?? 0) - 1;
      holders[number] = left;
      if (left > 0) return;
      entries[number] = undefined;
      numbers.delete(entry.key);
      free.push(number);
    },
    get: (number) => entries[number]?.value,
    size: () => numbers.size,
  };
};
