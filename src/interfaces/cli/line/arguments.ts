/** What a verb was given, already checked against the table. Asking for an option that the verb has not is a defect. */
export type Arguments = {
  readonly positionals: readonly string[];
  /** After `--`, for verbs that run a command. */
  readonly rest: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
  /** Integers, numbers, and durations in ms. */
  readonly number: (name: string) => number | undefined;
  /** undefined when not given; null is JSON's null. */
  readonly json: (name: string) => { readonly value: JsonValue } | undefined;
};

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type Value =
  | { readonly kind: 'flag'; readonly flag: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'json'; readonly value: JsonValue };

export const argumentsOf = (positionals: readonly string[], rest: readonly string[], values: ReadonlyMap<string, readonly Value[]>): Arguments => {
  const all = (name: string): readonly Value[] => values.get(name) ?? [];
  return {
    positionals,
    rest,
    flag: (name) => all(name).some((value) => value.kind === 'flag' && value.flag),
    text: (name) =>
      all(name)
        .flatMap((value) => (value.kind === 'text' ? [value.text] : []))
        .at(-1),
    texts: (name) => all(name).flatMap((value) => (value.kind === 'text' ? [value.text] : [])),
    number: (name) =>
      all(name)
        .flatMap((value) => (value.kind === 'number' ? [value.number] : []))
        .at(-1),
    json: (name) =>
      all(name)
        .flatMap((value) => (value.kind === 'json' ? [{ value: value.value }] : []))
        .at(-1),
  };
};
