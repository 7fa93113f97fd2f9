/** What one number must be. Ratios compare two sides measured in the same run; other units stand only where the issue gives an absolute bound. */
export type Target = {
  readonly id: string;
  readonly what: string;
  readonly unit: 'x' | 'MiB' | 'ms' | 'ns' | 'B' | '%' | 'times' | '/s';
  readonly at_least?: number;
  readonly at_most?: number;
};

/** `id`: of a target. `note`: the absolute numbers behind a ratio, for people. */
export type Finding = { readonly id: string; readonly value: number; readonly note?: string };

export type Scale = {
  /** A small version: the same code, too short to believe. */
  readonly quick: boolean;
  /** Measurements of each side; the median of their ratios counts. */
  readonly rounds: number;
  /** Empty, on the disk of the repository, removed afterwards. */
  readonly folder: string;
  /** Shared by the benchmarks of one run: big logs that are read or copied, never written. */
  readonly fixtures: string;
};

export type Benchmark = {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly run: (scale: Scale) => Promise<readonly Finding[]>;
};

/** Undefined: the number is for information. */
export const verdictOf = ({ at_least, at_most }: Target, value: number): 'ok' | 'MISS' | undefined => {
  if (at_least === undefined && at_most === undefined) return undefined;
  return value >= (at_least ?? Number.NEGATIVE_INFINITY) && value <= (at_most ?? Number.POSITIVE_INFINITY) ? 'ok' : 'MISS';
};
