import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/** One process as the kernel shows it. `started_at`: clock ticks since boot, as text. `ended`: dead, only its parent has not asked yet (a zombie). */
export type ProcessEntry = { readonly pid: number; readonly group: number; readonly session: number; readonly started_at: string; readonly ended: boolean };

/** The processes of this kernel and pid namespace. `hidden`: there is one, but we may not look at it. Nothing here throws. */
export interface ProcessTable {
  /** null where there is no way to tell processes apart (not Linux). */
  readonly host: { readonly host: string; readonly boot_id: string; readonly pid_namespace: string } | null;
  readonly own_pid: number;
  entry(pid: number): ProcessEntry | 'gone' | 'hidden';
  /** Every member of a process group, also those that have ended; empty when there is none. */
  group(pgid: number): readonly ProcessEntry[] | 'hidden';
  /** Sends a signal to every member of a group; false when nobody received it. */
  signalGroup(pgid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean;
}

/** The table of this machine, from /proc. */
export const systemProcesses = (): ProcessTable => ({
  host: hostFacts(),
  own_pid: process.pid,
  entry: (pid) => readEntry(pid) ?? (exists(pid) ? 'hidden' : 'gone'),
  group: (pgid) => {
    if (!exists(-pgid)) return [];
    const members = pids().flatMap((pid) => readEntry(pid) ?? []);
    const ours = members.filter(({ group }) => group === pgid);
    return ours.length === 0 && exists(-pgid) ? 'hidden' : ours;
  },
  signalGroup: (pgid, signal) => {
    try {
      return process.kill(-pgid, signal);
    } catch {
      return false;
    }
  },
});

const hostFacts = (): ProcessTable['host'] => {
  if (process.platform !== 'linux') return null;
  try {
    return {
      host: hostname(),
      boot_id: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      pid_namespace: readlinkSync('/proc/self/ns/pid'),
    };
  } catch {
    return null;
  }
};

const pids = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
};

/** Signal 0 asks the kernel; a refusal means that there is somebody. */
const exists = (target: number): boolean => {
  try {
    return process.kill(target, 0);
  } catch (error) {
    return !(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH');
  }
};

const readEntry = (pid: number): ProcessEntry | undefined => {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
};

/** A line of /proc/PID/stat. The command name is in parentheses and may itself hold spaces and parentheses, so the fields count from the last one. */
export const parseStat = (line: string): ProcessEntry | undefined => {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const [state, , group, session] = fields;
  const startedAt = fields[STARTED_AT];
  if (end < 0 || state === undefined || group === undefined || session === undefined || startedAt === undefined) return undefined;
  return { pid: Number.parseInt(line, 10), group: Number(group), session: Number(session), started_at: startedAt, ended: state === 'Z' || state === 'X' };
};

/** Field 22 of proc(5), counted from the state, which is field 3. */
const STARTED_AT = 22 - 3;
