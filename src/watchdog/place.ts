import type { Host } from '../domain/process.ts';

type Place = 'here' | 'unseeable' | 'other_boot' | 'other_namespace' | 'other_host';

/** Where a recorded process lives, seen from `here`; null where there is no way to tell. */
export const placeOf = (here: Host | null, where: Host, oneKernel: boolean): Place => {
  if (here === null) return 'unseeable';
  if (where.boot_id === here.boot_id) return where.pid_namespace === here.pid_namespace ? 'here' : 'other_namespace';
  return oneKernel && where.host === here.host ? 'other_boot' : 'other_host';
};
