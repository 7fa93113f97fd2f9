import type { Pid, Started } from '../domain/process.ts';
import type { ProcessTable } from '../platform/processes.ts';
import { groupOf } from './group.ts';

/** `line` goes on after the name of the host, for people. */
type Look = { readonly liveness: 'alive' | 'dead' | 'unknown'; readonly line: string };

/** One process of this host: a reused pid is dead. */
export const lookAtPid = (processes: ProcessTable, { pid, started_at }: Pid): Look => {
  const entry = processes.entry(pid);
  if (entry === 'hidden') return { liveness: 'unknown', line: `${pid}: not ours to look at` };
  if (entry === 'gone' || entry.ended) return { liveness: 'dead', line: `${pid}: gone` };
  if (entry.started_at !== started_at) return { liveness: 'dead', line: `${pid}: gone, the pid belongs to another process now` };
  return { liveness: 'alive', line: `${pid} alive, same start time` };
};

/** The group of a child of this host: alive while any member lives. The group is searched only when its leader is gone. */
export const lookAtChild = (processes: ProcessTable, started: Started): Look => {
  const leader = lookAtPid(processes, started.child);
  if (leader.liveness !== 'dead') return leader;
  const { members } = groupOf(processes, started);
  if (members === 'hidden') return { liveness: 'unknown', line: `${leader.line}; its group is not ours to look at` };
  return members.length === 0 ? leader : { liveness: 'alive', line: `${leader.line}; of its group alive: ${members.join(', ')}` };
};
