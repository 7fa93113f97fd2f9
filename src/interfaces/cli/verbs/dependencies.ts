import type { Board } from '../../../board/board.ts';
import type { Gated, Refusal } from '../../../domain/task/answers.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { done, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { zonedTime } from '../line/pointInTime.ts';
import { each } from '../several.ts';
import { checkedId, exists } from '../task.ts';
import { taskView } from '../taskView.ts';
import { waitCommand, waitText } from '../text/waitText.ts';

/** `--parent`, each checked. @throws UsageError */
export const parentsOf = ({ args }: Pick<Call, 'args'>): string[] => args.texts('parent').map(checkedId);

const named = ({ args, verb }: Call): string[] => {
  const parents = parentsOf({ args });
  if (parents.length === 0) throw new UsageError(`${verb} needs --parent ID: what it waits for`, { option: '--parent' });
  return parents;
};

/** How a task stands after its parents changed. */
const answered = (answer: Gated | Refusal, unchanged: string): Outcome => {
  if (!answer.ok) return refused(answer);
  const waits = answer.unfinished === 0 ? '' : `, waits for ${answer.unfinished === 1 ? (answer.waits_for[0] ?? '') : `${answer.unfinished} parents`}`;
  return done(answer, `${answer.task_id} ${answer.status}${waits}${answer.repeated === true ? ` (${unchanged})` : ''}`);
};

export const link: Handler = async (call) => {
  const [task_id, parents] = [checkedId(call.args.positionals[0] ?? ''), named(call)];
  const { board } = await call.open();
  return answered(await board.execute({ type: 'LinkTask', task_id, parents }, call.execute), 'linked already');
};

export const unlink: Handler = async (call) => {
  const [task_id, parents] = [checkedId(call.args.positionals[0] ?? ''), named(call)];
  const { board } = await call.open();
  const command = { type: 'UnlinkTask', task_id, parents, reason: call.args.text('reason') ?? null } as const;
  return answered(await board.execute(command, call.execute), 'it had no such parent');
};

export const promote: Handler = (call) =>
  each(call, call.args.positionals, async (task_id) => {
    const { board } = await call.open();
    const [reason, force] = [call.args.text('reason') ?? null, call.args.flag('force')];
    const answer = await board.execute({ type: 'PromoteTask', task_id, reason, force }, call.execute);
    return answer.ok ? done(answer, `${task_id} ${answer.status}${await stillWaits(call, board, answer)}`) : refused(answer);
  });

/** What a promoted task waits for all the same. */
const stillWaits = async ({ io, paste }: Call, board: Board, { task_id, status }: { readonly task_id: string; readonly status: string }): Promise<string> => {
  if (status === 'todo') return `, waits for its parents; next: ${paste(`holdfast promote ${task_id} --force`)}, to go on without them`;
  const [task, state] = await Promise.all([board.load(task_id), board.state()]);
  const now = io.clock.now();
  const [wait] = exists(task) ? taskView(task, now, state).waiting_for : [];
  if (wait === undefined || wait.kind === 'unclaimed') return '';
  return `, waits for ${waitText(wait, now, board.name)}; next: ${paste(waitCommand(wait, task_id) ?? `holdfast show ${task_id}`)}`;
};

export const schedule: Handler = async (call) => {
  const { args, verb } = call;
  const given = args.text('until');
  if (given === undefined) throw new UsageError(`${verb} needs --until TIME`, { option: '--until' });
  const until = zonedTime('--until', given);
  return each(call, args.positionals, async (task_id) => {
    const { board } = await call.open();
    const answer = await board.execute({ type: 'ScheduleTask', task_id, until, reason: args.text('reason') ?? null }, call.execute);
    return answer.ok ? done(answer, `${task_id} ${answer.status} until ${answer.scheduled_until}`) : refused(answer);
  });
};
