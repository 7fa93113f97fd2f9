import type { BoardState } from '../board/board.ts';
import type { Then } from '../evidence.ts';
import { sameJson } from '../json.ts';
import type { Judged } from './answers.ts';
import { humanRequired } from './blocking.ts';
import type { CommandOf } from './commands.ts';
import { accept, layersOf, refuse, type Decide } from './decision.ts';
import { reclaim, revoke } from './endRun.ts';
import { evidenceOf } from './evidenceOf.ts';
import type { TaskEvent } from './events.ts';
import { mustStop, noStop } from './judging.ts';
import type { ExistingTask, Revocation, RunningTask } from './state.ts';

type Operator = CommandOf<'ReclaimTask' | 'CancelTask' | 'ArchiveTask' | 'AssignTask'>;
type Taken = { readonly events: readonly TaskEvent[]; readonly answer: Judged };
type Wish = { readonly reason: 'operator' | 'cancelled'; readonly rule: string; readonly then: Then };

const UNTOUCHED = { run: null, verdict: 'none', reason: null } as const;
const settled = (task: ExistingTask, events: readonly TaskEvent[]) => accept(task, events, UNTOUCHED);

const isCancel = ({ reason }: { readonly reason: string }): boolean => reason === 'cancelled';

/** Whether the revocation in force leads to what is wished now: a reclaim wishes nothing but its end. */
const alreadyWished = (revoked: Revocation, wish: Wish, { type }: Operator): boolean =>
  type === 'ReclaimTask' || (sameJson(revoked.then, wish.then) && isCancel(revoked) === isCancel(wish));

/** A run that is being taken back already: the newest wish counts, and `force` ends what hangs. */
const takeBackRevoked = (command: Operator, task: RunningTask, board: BoardState, wish: Wish, revoked: Revocation): Taken => {
  const { at, note, force } = command;
  const { run } = task.run;
  const wished = alreadyWished(revoked, wish, command);
  const { reason, rule, then } = wished ? revoked : wish;
  const judgement = { at, task, reason, rule, then, evidence: revoked.evidence, note: note ?? revoked.note };
  if (force) {
    const events = reclaim({ ...judgement, rule: `${rule}; forced by an operator`, board, stop: noStop(task, at, false) });
    return accept(task, events, { run, verdict: 'reclaimed', reason });
  }
  return accept(task, wished ? [] : [revoke(judgement)], { run, verdict: 'revoked', reason });
};

/** The one road by which a person takes a running task back: revoke, let it be stopped, then what was wished; at once where nothing needs stopping, or by force. */
const takeBack = (command: Operator, task: RunningTask, board: BoardState, wish: Wish): Taken => {
  const { at, probe, force, note } = command;
  const { run, revoked } = task.run;
  if (revoked !== null) return takeBackRevoked(command, task, board, wish, revoked);
  const look = { probe, judge: command.judge, view_behind: 0, discounted_ms: 0 };
  const evidence = evidenceOf({ task, now: at, look, layers: layersOf(task, board), uses: [], due_at: null });
  const judgement = { at, task, ...wish, evidence, note };
  const living = mustStop(task, probe);
  if (living && !force) return accept(task, [revoke(judgement)], { run, verdict: 'revoked', reason: wish.reason });
  return accept(task, reclaim({ ...judgement, board, stop: living ? noStop(task, at, false) : null }), { run, verdict: 'reclaimed', reason: wish.reason });
};

const unblocked = ({ at, note }: Operator): TaskEvent => ({ type: 'TaskUnblocked', data: { at, reason: note } });
const givenUp = (task: ExistingTask): boolean => task.status === 'blocked' && task.blocked.by === 'breaker';

/** Of a task that was given up, it is a person who lets it go on (rule 6); otherwise there must be a run to take back. */
export const reclaimTask: Decide<'ReclaimTask'> = (command, task, board) => {
  if (task.status === 'running') return takeBack(command, task, board, { reason: 'operator', rule: 'an operator took it back', then: { to: 'ready' } });
  if (givenUp(task)) return command.by_human ? settled(task, [unblocked(command)]) : humanRequired(task, 'breaker');
  return refuse('NotRunning', `${task.task_id} is ${task.status} and has no open run to take back; see \`holdfast show ${task.task_id}\`.`, {
    status: task.status,
  });
};

const archive = (command: CommandOf<'CancelTask' | 'ArchiveTask'>, task: ExistingTask, board: BoardState) => {
  const { at, note } = command;
  const cancelled = command.type === 'CancelTask';
  const reason = cancelled ? 'cancelled' : 'operator';
  if (task.status === 'running')
    return takeBack(command, task, board, { reason, rule: `an operator ${cancelled ? 'cancelled' : 'archived'} it`, then: { to: 'archive', reason: note } });
  return settled(task, task.status === 'archived' ? [] : [{ type: 'TaskArchived', data: { at, reason: note, cancelled } }]);
};
export const cancelTask: Decide<'CancelTask'> = archive;
export const archiveTask: Decide<'ArchiveTask'> = archive;

/** Whose it is, or will be once the open run has ended. */
const assigneeNext = (task: ExistingTask): string | null => {
  const then = task.status === 'running' ? task.run.revoked?.then : undefined;
  return then?.to === 'assign' ? then.assignee : task.assignee;
};

export const assignTask: Decide<'AssignTask'> = (command, task, board) => {
  const { at, assignee, by_human } = command;
  const changes = assignee !== assigneeNext(task);
  if (task.status === 'running')
    return changes
      ? takeBack(command, task, board, { reason: 'operator', rule: 'an operator reassigned it', then: { to: 'assign', assignee } })
      : settled(task, []);
  const assigned: readonly TaskEvent[] = changes ? [{ type: 'TaskAssigned', data: { at, assignee } }] : [];
  if (!givenUp(task)) return settled(task, assigned);
  return by_human ? settled(task, [...assigned, unblocked(command)]) : humanRequired(task, 'breaker');
};
