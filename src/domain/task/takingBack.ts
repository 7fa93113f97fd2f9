import type { BoardState } from '../board/board.ts';
import type { Then } from '../evidence.ts';
import { sameJson } from '../json.ts';
import type { Judged } from './answers.ts';
import type { CommandOf } from './commands.ts';
import { accept, layersOf, refuse, type Decide } from './decision.ts';
import { reclaim, revoke } from './endRun.ts';
import { evidenceOf } from './evidenceOf.ts';
import type { TaskEvent } from './events.ts';
import { mustStop, noStop } from './judging.ts';
import type { ExistingTask, RunningTask } from './state.ts';

type Operator = CommandOf<'ReclaimTask' | 'CancelTask' | 'ArchiveTask' | 'AssignTask'>;
type Wish = { readonly reason: 'operator' | 'cancelled'; readonly rule: string; readonly then: Then };

const UNTOUCHED = { run: null, verdict: 'none', reason: null } as const;
const settled = (task: ExistingTask, events: readonly TaskEvent[]) => accept(task, events, UNTOUCHED);

/** A person ends a revocation that hangs: what was judged stands, what comes then is the newest wish. */
const endRevocation = (command: Operator, task: RunningTask, board: BoardState, then: Then) => {
  const { revoked, run } = task.run;
  if (revoked === null) return undefined;
  const { reason, rule, evidence, note } = revoked;
  const stop = noStop(task, command.at, false);
  const forced = { at: command.at, task, board, reason: then.to === 'archive' && revoked.reason !== 'cancelled' ? wishedReason(command) : reason };
  const events = reclaim({ ...forced, rule: `${rule}; forced by an operator`, evidence, stop, then, note: command.note ?? note });
  return accept(task, events, { run, verdict: 'reclaimed' as const, reason: forced.reason });
};
const wishedReason = ({ type }: Operator): Wish['reason'] => (type === 'CancelTask' ? 'cancelled' : 'operator');

/** The one road by which a person takes a running task back: revoke, let it be stopped, then what was wished; at once where nothing needs stopping, or by force. */
const takeBack = (command: Operator, task: RunningTask, board: BoardState, wish: Wish): { events: readonly TaskEvent[]; answer: Judged } => {
  const { at, probe, force, note } = command;
  const { run, revoked } = task.run;
  const keepsThen = revoked !== null && (command.type === 'ReclaimTask' || sameJson(revoked.then, wish.then));
  const then = keepsThen ? revoked.then : wish.then;
  const hanging = force ? endRevocation(command, task, board, then) : undefined;
  if (hanging !== undefined) return hanging;
  if (keepsThen) return accept(task, [], { run, verdict: 'revoked', reason: revoked.reason });
  const look = { probe, judge: command.judge, view_behind: 0, discounted_ms: 0 };
  const evidence = evidenceOf({ task, now: at, look, layers: layersOf(task, board), uses: [], due_at: null });
  const judgement = { at, task, ...wish, evidence, note };
  const living = mustStop(task, probe);
  if (living && !force) return accept(task, [revoke(judgement)], { run, verdict: 'revoked', reason: wish.reason });
  return accept(task, reclaim({ ...judgement, board, stop: living ? noStop(task, at, false) : null }), { run, verdict: 'reclaimed', reason: wish.reason });
};

const unblocked = ({ at, note }: Operator): TaskEvent => ({ type: 'TaskUnblocked', data: { at, reason: note } });
const givenUp = (task: ExistingTask): boolean => task.status === 'blocked' && task.blocked.by === 'breaker';

/** Of a task that was given up, it is the person who lets it go on; otherwise there must be a run to take back. */
export const reclaimTask: Decide<'ReclaimTask'> = (command, task, board) => {
  if (task.status === 'running') return takeBack(command, task, board, { reason: 'operator', rule: 'an operator took it back', then: { to: 'ready' } });
  if (givenUp(task)) return settled(task, [unblocked(command)]);
  return refuse('NotRunning', `${task.task_id} is ${task.status} and has no open run to take back; see \`holdfast show ${task.task_id}\`.`, {
    status: task.status,
  });
};

const archive = (command: CommandOf<'CancelTask' | 'ArchiveTask'>, task: ExistingTask, board: BoardState) => {
  const { at, note } = command;
  const cancelled = command.type === 'CancelTask';
  const reason = wishedReason(command);
  if (task.status === 'running')
    return takeBack(command, task, board, { reason, rule: `an operator ${cancelled ? 'cancelled' : 'archived'} it`, then: { to: 'archive', reason: note } });
  return settled(task, task.status === 'archived' ? [] : [{ type: 'TaskArchived', data: { at, reason: note, cancelled } }]);
};
export const cancelTask: Decide<'CancelTask'> = archive;
export const archiveTask: Decide<'ArchiveTask'> = archive;

export const assignTask: Decide<'AssignTask'> = (command, task, board) => {
  const { at, assignee } = command;
  const changes = assignee !== task.assignee;
  if (task.status === 'running')
    return changes
      ? takeBack(command, task, board, { reason: 'operator', rule: 'an operator reassigned it', then: { to: 'assign', assignee } })
      : settled(task, []);
  const assigned: readonly TaskEvent[] = changes ? [{ type: 'TaskAssigned', data: { at, assignee } }] : [];
  return settled(task, givenUp(task) ? [...assigned, unblocked(command)] : assigned);
};
