/** @throws RangeError when there are none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('no values');
  return value;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export type Sides<Name extends string> = Readonly<Record<Name, () => number | Promise<number>>>;
type Rounds<Name extends string> = Record<Name, number[]>;

/** Every side once per round, the sides in turn, so that what else the machine does hits them alike. The first round warms up and is dropped. */
export const sideBySide = async <Name extends string>(rounds: number, sides: Sides<Name>) => {
  const values: Partial<Rounds<Name>> = {};
  const names = namesOf(sides);
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const value = await sides[name]();
      if (round > 0) (values[name] ??= []).push(value);
    }
  }
  const of = (name: Name): readonly number[] => values[name] ?? [];
  return {
    median: (name: Name): number => median(of(name)),
    /** Median of the ratios within a round. */
    ratio: (above: Name, below: Name): number => median(of(above).map((value, i) => value / (of(below)[i] ?? Number.NaN))),
  };
};

const namesOf = <Name extends string>(sides: Sides<Name>): readonly Name[] => {
  const isName = (key: string): key is Name => key in sides;
  return Object.keys(sides).filter(isName);
};

/** Operations a second of work that does not wait. */
export const rate = (ms: number, operation: () => void): number => {
  const started = performance.now();
  let count = 0;
  let now = started;
  for (; now < started + ms; now = performance.now()) {
    operation();
    count += 1;
  }
  return (count * 1000) / (now - started);
};

/** Operations a second of `callers` who each wait for their own answer before they ask again. */
export const rateOfCallers = async (callers: number, ms: number, operation: (caller: number) => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  let count = 0;
  const call = async (caller: number) => {
    while (performance.now() < started + ms) {
      await operation(caller);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return (count * 1000) / (performance.now() - started);
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const thousands = (value: number): string => Math.round(value).toLocaleString('en');
