import { StoreUnavailable } from './eventstore/errors.ts';
import { shownAddress } from './platform/shownAddress.ts';
import type { PolicyValues } from './domain/policy.ts';

/** What is different about boards on one kind of store (docs/adr/what-a-store-brings.md). */
export type StoreKind = {
  /** Every process that uses the store runs on one kernel: what bears another boot id ran before this boot. */
  readonly one_kernel: boolean;
  /** How long the store may be out of reach before a watchdog holds (design §5.8). */
  readonly out_of_reach_ms: number;
  /** Positions follow each other without gaps, so that two that do have nothing between them. */
  readonly gapless: boolean;
  /** Limits of its boards where they set none. */
  readonly policy: PolicyValues;
};

const EMBEDDED: StoreKind = { one_kernel: true, out_of_reach_ms: 10_000, gapless: true, policy: {} };
const IN_MEMORY: StoreKind = { ...EMBEDDED, gapless: false };
const SERVER: StoreKind = { one_kernel: false, out_of_reach_ms: 45_000, gapless: false, policy: { clock_grace_ms: 5000 } };

/** Whether a store's address is that of a server. */
export const isServer = (store: string): boolean => /^esdb([+]discover)?:/.test(store);

export const kindOf = (store: string): StoreKind => {
  if (isServer(store)) return SERVER;
  return store === 'memory:' ? IN_MEMORY : EMBEDDED;
};

/** Never with the password that an address may carry. */
export const unknownScheme = (store: string, scheme: string): StoreUnavailable => {
  const shown = shownAddress(store);
  if (scheme.startsWith('kurrentdb'))
    return new StoreUnavailable(
      `cannot open ${shown}: our client knows KurrentDB by its older name`,
      `the same server answers to ${shown.replace('kurrentdb', 'esdb')}`,
    );
  return new StoreUnavailable(`cannot open ${shown}: ${scheme} is no store of this version`, 'give a folder, a .db file, memory:, or esdb://…');
};
