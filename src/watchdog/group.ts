import type { Started } from '../domain/process.ts';
import type { ProcessTable } from '../platform/processes.ts';

/** `leader`: what became of the child itself. `members`: pids of its group that live, 'hidden' when we may not look. */
type Group = { readonly leader: 'alive' | 'ended' | 'reused' | 'hidden'; readonly members: readonly number[] | 'hidden' };

const leaderOf = (processes: ProcessTable, { child }: Started): Group['leader'] => {
  const entry = processes.entry(child.pid);
  if (entry === 'hidden') return 'hidden';
  if (entry === 'gone' || entry.ended) return 'ended';
  return entry.started_at === child.started_at ? 'alive' : 'reused';
};

/** The living members of the group that a child leads. */
export const groupOf = (processes: ProcessTable, started: Started): Group => {
  const leader = leaderOf(processes, started);
  // The kernel gives a pid to nobody while a group or session of that number has a member: another process there means that ours are all gone.
  if (leader === 'reused') return { leader, members: [] };
  const { pgid } = started.child;
  const found = processes.group(pgid);
  if (found === 'hidden') return { leader, members: found };
  // A child leads a session of its own. Members of another session belong to a later group that was given the same number.
  const ours = leader === 'alive' ? found : found.filter(({ session }) => session === pgid);
  return { leader, members: ours.filter(({ ended }) => !ended).map(({ pid }) => pid) };
};
