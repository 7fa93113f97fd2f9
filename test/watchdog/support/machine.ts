import type { Host, Started } from '../../../src/domain/process.ts';
import type { ProcessEntry, ProcessTable } from '../../../src/platform/processes.ts';

export type Temper = 'obeys' | 'ignores SIGTERM' | 'survives';

/** A machine whose processes are made up: spawn, kill, reuse of pids, a restart. */
export type Machine = {
  /** What a process with this pid sees. */
  readonly table: (ownPid?: number) => ProcessTable;
  readonly spawn: (options?: { readonly temper?: Temper; readonly group?: number }) => number;
  readonly kill: (pid: number) => void;
  readonly lives: (pid: number) => boolean;
  readonly started: (supervisor: number, child: number) => Started;
  readonly signals: readonly string[];
  readonly reboot: () => void;
};

type Process = ProcessEntry & { readonly temper: Temper };

export const machine = (name = 'build-1', boot = `boot of ${name}`): Machine => {
  const processes = new Map<number, Process>();
  const signals: string[] = [];
  let boots = 0;
  let next = 100;
  const host = (): Host => ({ host: name, boot_id: `${boot} ${boots}`, pid_namespace: 'pid:[1]' });
  const pidOf = (pid: number) => ({ pid, started_at: processes.get(pid)?.started_at ?? '0' });
  const spawn: Machine['spawn'] = ({ temper = 'obeys', group } = {}) => {
    next += 1;
    const of = group ?? next;
    processes.set(next, { pid: next, group: of, session: of, started_at: `${next}00`, ended: false, temper });
    return next;
  };
  const members = (group: number): readonly Process[] => [...processes.values()].filter((process) => process.group === group);
  const watcher = spawn();
  return {
    table: (ownPid = watcher) => ({
      host: host(),
      own_pid: ownPid,
      entry: (pid) => processes.get(pid) ?? 'gone',
      group: members,
      signalGroup: (group, signal) => {
        signals.push(`${signal} ${group}`);
        for (const { pid, temper } of members(group)) {
          if (temper === 'obeys' || (temper === 'ignores SIGTERM' && signal === 'SIGKILL')) processes.delete(pid);
        }
        return true;
      },
    }),
    spawn,
    kill: (pid) => void processes.delete(pid),
    lives: (pid) => processes.has(pid),
    started: (supervisor, child) => ({ ...host(), supervisor: pidOf(supervisor), child: { ...pidOf(child), pgid: child } }),
    signals,
    reboot: () => {
      boots += 1;
      processes.clear();
    },
  };
};
