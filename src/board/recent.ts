/** A bounded map that forgets what was not used lately. */
export type Recent<Value> = {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
};

/**
 * `most`: entries kept at the most; those used last, up to half as many, are never forgotten. Two maps that take turns: to keep one in the order
 * of use costs a removal and an insertion at each look.
 */
export const recent = <Value>(most: number): Recent<Value> => {
  const room = Math.ceil(most / 2);
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const set = (key: string, value: Value): void => {
    if (young.size >= room && !young.has(key)) [old, young] = [young, new Map()];
    young.set(key, value);
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const before = old.get(key);
      if (before !== undefined) set(key, before);
      return before;
    },
    set,
  };
};
