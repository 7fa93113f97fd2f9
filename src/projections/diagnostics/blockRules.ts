import { durationText } from '../../domain/duration.ts';
import { instantOf, toMs } from '../../domain/instant.ts';
import type { SeenOf } from './diagnostic.ts';
import { rule, type Subject } from './rule.ts';
import * as remedy from './remedies.ts';

/** When a block that a person should look at was last given attention; null: there is none. A breaker's is repeated_failures' to tell. */
const quietSince = ({ task, trouble: { block } }: Subject): number | null => {
  if (block === null || (task.status !== 'triage' && task.status !== 'blocked')) return null;
  return toMs(block.commented_at ?? block.at);
};

export const stuckInBlocked = rule<SeenOf<'stuck_in_blocked'>>({
  kind: 'stuck_in_blocked',
  severity: 'warning',
  seen: 'blocked, or in triage after being blocked twice, and for diagnose_blocked nobody said anything',
  clears: 'a comment, for as long again; whatever lifts the block',
  thresholds: ['diagnose_blocked_ms'],
  find: (subject, limits, now) => {
    const limit = limits.of('diagnose_blocked_ms');
    const since = quietSince(subject);
    const { block } = subject.trouble;
    if (limit === 0 || since === null || block === null || now < since + limit) return null;
    const { kind: block_kind, reason, escalated, at: blocked_at, commented_at, run } = block;
    return {
      kind: 'stuck_in_blocked',
      severity: 'warning',
      count: 1,
      first_seen: instantOf(since + limit),
      last_seen: instantOf(now),
      run,
      title: `${escalated ? 'in triage' : 'blocked'} (${block_kind}) and nobody answered for over ${durationText(limit)}: ${reason}`,
      facts: { block_kind, reason, escalated, blocked_at, commented_at },
    };
  },
  turns: (subject, limits) => [(quietSince(subject) ?? 0) + limits.of('diagnose_blocked_ms')],
  remedies: (_, { task: { task_id } }) => [remedy.show(task_id), remedy.unblock(task_id), remedy.comment(task_id), remedy.cancel(task_id)],
});

/** In the order of the events; which of them the window still holds is told by when they were lifted. */
const recent = ({ trouble }: Subject, window: number, now: number) => trouble.cycles.filter(({ lifted_at }) => toMs(lifted_at) > now - window);

export const blockUnblockCycling = rule<SeenOf<'block_unblock_cycling'>>({
  kind: 'block_unblock_cycling',
  severity: 'warning',
  seen: 'blocked and lifted again diagnose_cycles times within diagnose_window, counted in the order of the events; comments change nothing',
  clears: 'the task is done or archived, or the window passes',
  thresholds: ['diagnose_cycles', 'diagnose_window_ms'],
  find: (subject, limits, now) => {
    const [limit, window] = [limits.of('diagnose_cycles'), limits.of('diagnose_window_ms')];
    const cycles = recent(subject, window, now);
    const [first, last] = [cycles[0], cycles.at(-1)];
    if (limit === 0 || cycles.length < limit || first === undefined || last === undefined) return null;
    const reasons = [...new Set(cycles.map(({ kind, reason }) => `${kind}: ${reason}`).toReversed())];
    const left_out = cycles.length === subject.trouble.cycles.length ? subject.trouble.cycles_left_out : 0;
    return {
      kind: 'block_unblock_cycling',
      severity: 'warning',
      count: cycles.length,
      first_seen: first.blocked_at,
      last_seen: last.lifted_at,
      run: null,
      title: `blocked and let go on ${cycles.length} times within ${durationText(window)}; last ${reasons[0] ?? ''}`,
      facts: { cycles, reasons, left_out },
    };
  },
  turns: ({ trouble }, limits) => trouble.cycles.map(({ lifted_at }) => toMs(lifted_at) + limits.of('diagnose_window_ms')),
  remedies: ({ count }, { task: { task_id, status } }) => [
    remedy.blocks(task_id),
    ...(status === 'ready' ? [remedy.park(task_id, count)] : []),
    ...(status === 'running' ? [remedy.reclaim(task_id)] : []),
    remedy.cancel(task_id),
  ],
});
