import type { Instant } from '../domain/instant.ts';
import type { Probe } from '../domain/process.ts';
import type { ProcessProbe } from '../domain/processPorts.ts';
import type { Processes } from './liveClaims.ts';

/** Looks at processes and remembers since when they are dead, which only whoever looked before can know. */
export interface ProcessWatch {
  /** A look at one run, with `dead_since` filled in. */
  look(taskId: string, processes: Processes): Probe;
  /** Looks at every process that can be seen from here, some at a time, and names the tasks where something is other than at the last look. */
  changed(all: ReadonlyMap<string, Processes>): AsyncGenerator<string>;
  /** Another run of the task, or none: what was seen of it does not count any more. */
  forget(taskId: string): void;
}

/** Looks without giving others a turn: some ten microseconds each. */
const AT_ONCE = 256;

const isWell = ({ process, supervisor, other_boot }: Probe): boolean => process === 'alive' && supervisor !== 'dead' && !other_boot;
const summaryOf = ({ process, supervisor, other_boot }: Probe, { started }: Processes): string => [started?.child.pid, process, supervisor, other_boot].join();

type Watch = { readonly probe: ProcessProbe; readonly now: () => Instant; readonly turn: () => Promise<void> };

/** `turn`: lets others run. */
export const processWatch = ({ probe, now, turn }: Watch): ProcessWatch => {
  const deadSince = new Map<string, Instant>();
  const last = new Map<string, string>();
  const afar = new Map<string, Processes>();
  const isNews = (taskId: string, processes: Processes): boolean => {
    const seen = probe.look(processes);
    if (seen.process === 'foreign') afar.set(taskId, processes);
    const [before, summary] = [last.get(taskId), summaryOf(seen, processes)];
    last.set(taskId, summary);
    return before === undefined ? !isWell(seen) && seen.process !== 'foreign' : before !== summary;
  };
  return {
    look: (taskId, processes) => {
      const seen = probe.look(processes);
      if (seen.process !== 'dead') {
        deadSince.delete(taskId);
        return seen;
      }
      const since = deadSince.get(taskId) ?? now();
      deadSince.set(taskId, since);
      return { ...seen, dead_since: since };
    },
    changed: async function* (all) {
      let looked = 0;
      for (const [taskId, processes] of all) {
        if (afar.get(taskId) === processes) continue;
        looked += 1;
        if (looked % AT_ONCE === 0) await turn();
        if (isNews(taskId, processes)) yield taskId;
      }
    },
    forget: (taskId) => {
      deadSince.delete(taskId);
      last.delete(taskId);
      afar.delete(taskId);
    },
  };
};
