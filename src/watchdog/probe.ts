import type { Host, Probe, ProcessIdentity, Started } from '../domain/process.ts';
import type { ProcessProbe } from '../domain/processPorts.ts';
import type { ProcessTable } from '../platform/processes.ts';
import { lookAtChild, lookAtPid } from './look.ts';
import { placeOf } from './place.ts';

/**
 * Looks at the processes of runs on this host. `one_kernel`: every process that uses the store runs on this kernel, as with the embedded store, so
 * the same host name with another boot id is an earlier boot. Otherwise it may be a second machine of that name, and is foreign.
 */
export const processProbe = ({ processes, one_kernel = true }: { readonly processes: ProcessTable; readonly one_kernel?: boolean }): ProcessProbe => {
  const { host } = processes;
  const identify = (pid: number): ProcessIdentity | null => {
    const entry = processes.entry(pid);
    return host === null || typeof entry === 'string' || entry.ended ? null : { ...host, pid, started_at: entry.started_at };
  };
  return {
    host,
    self: () => identify(processes.own_pid),
    identify,
    look: ({ process, started }) => {
      const where = started === null ? process : { ...started, ...started.child };
      if (where === null) return { ...NOTHING, looked_at: ['no process recorded'] };
      const place = placeOf(host, where, one_kernel);
      return place === 'here' ? lookHere(processes, where, started) : lookAfar(place, where, started);
    },
  };
};

const NOTHING = { process: 'unknown', supervisor: 'absent', other_boot: false, dead_since: null } as const;

const lookHere = (processes: ProcessTable, where: ProcessIdentity, started: Started | null): Probe => {
  if (started === null) {
    const holder = lookAtPid(processes, where);
    return { ...NOTHING, process: holder.liveness, looked_at: [`${where.host} pid ${holder.line}`] };
  }
  const child = lookAtChild(processes, started);
  const supervisor = lookAtPid(processes, started.supervisor);
  return {
    ...NOTHING,
    process: child.liveness,
    supervisor: supervisor.liveness,
    looked_at: [`${where.host} pid ${child.line}`, `its supervisor ${supervisor.line}`],
  };
};

const AFAR = {
  unseeable: { liveness: 'unknown', why: 'cannot be looked at on this system' },
  other_boot: { liveness: 'dead', why: 'ran before this host was restarted' },
  other_namespace: { liveness: 'foreign', why: 'in another container of this host' },
  other_host: { liveness: 'foreign', why: 'on another host' },
} as const;

const lookAfar = (place: keyof typeof AFAR, where: Host & { readonly pid: number }, started: Started | null): Probe => {
  const { liveness, why } = AFAR[place];
  return {
    ...NOTHING,
    process: liveness,
    supervisor: started === null ? 'absent' : liveness,
    other_boot: place === 'other_boot',
    looked_at: [`${where.host} pid ${where.pid}: ${why}`],
  };
};
