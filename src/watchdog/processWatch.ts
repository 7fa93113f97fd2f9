import type { Instant } from '../domain/instant.ts';
import type { Probe } from '../domain/process.ts';
import type { ProcessProbe } from '../domain/processPorts.ts';
import type { KnownProcesses } from './knownProcesses.ts';
import type { Processes } from './processColumns.ts';

/** Looks at processes and remembers since when they are dead, which only whoever looked before can know. */
export interface ProcessWatch {
  /** A look at one run, with `dead_since` filled in. */
  look(taskId: string, processes: Processes): Probe;
  /** Looks at every process that can be seen from here, some at a time, and names the tasks where something is other than at the last look. */
  changed(all: KnownProcesses): AsyncGenerator<string>;
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
  // What was seen last, only where something is amiss: of most runs nothing is kept.
  const amiss = new Map<string, string>();
  const isNews = (taskId: string, processes: Processes, all: KnownProcesses): boolean => {
    const seen = probe.look(processes);
    const before = amiss.get(taskId);
    if (seen.process === 'foreign') all.afar(taskId);
    if (isWell(seen) || seen.process === 'foreign') return amiss.delete(taskId);
    const summary = summaryOf(seen, processes);
    amiss.set(taskId, summary);
    return before !== summary;
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
        if (isNews(taskId, processes, all)) yield taskId;
        looked += 1;
        if (looked % AT_ONCE === 0) await turn();
      }
    },
    forget: (taskId) => {
      deadSince.delete(taskId);
      amiss.delete(taskId);
    },
  };
};
