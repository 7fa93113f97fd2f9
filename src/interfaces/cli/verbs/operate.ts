import type { Board } from '../../../board/board.ts';
import type { Done, Judged, Refusal } from '../../../domain/task/answers.ts';
import type { Call, Handler } from '../call.ts';
import { done, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { each } from '../several.ts';
import { checkedId } from '../task.ts';

const answered = (answer: Done | Judged | Refusal): Outcome => {
  if (!answer.ok) return refused(answer);
  return done(
    answer,
    `${answer.task_id} ${answer.status}${'verdict' in answer && answer.verdict === 'revoked' ? ', revoked: its worker is being stopped' : ''}`,
  );
};

const onEach =
  (say: (call: Call, board: Board, taskId: string) => Promise<Done | Judged | Refusal>): Handler =>
  (call) =>
    each(call, call.args.positionals, async (taskId) => {
      const { board } = await call.open();
      return answered(await say(call, board, taskId));
    });

const note = ({ args }: Call): string | null => args.text('reason') ?? null;

export const reclaim = onEach((call, board, task_id) =>
  board.execute({ type: 'ReclaimTask', task_id, note: note(call), force: call.args.flag('force') }, call.execute),
);

export const cancel = onEach((call, board, task_id) =>
  board.execute({ type: 'CancelTask', task_id, note: note(call), force: call.args.flag('force') }, call.execute),
);

export const archive = onEach((call, board, task_id) => board.execute({ type: 'ArchiveTask', task_id, note: note(call) }, call.execute));

export const unblock = onEach((call, board, task_id) => board.execute({ type: 'UnblockTask', task_id, reason: note(call) }, call.execute));

export const reopen = onEach((call, board, task_id) => board.execute({ type: 'ReopenTask', task_id, reason: note(call) }, call.execute));

/** `none` takes the assignment away. */
export const assign: Handler = async (call) => {
  const { args } = call;
  const [id = '', name = ''] = args.positionals;
  const task_id = checkedId(id);
  const { board } = await call.open();
  const answer = await board.execute(
    { type: 'AssignTask', task_id, assignee: name === 'none' ? null : name, note: note(call), force: args.flag('force') },
    call.execute,
  );
  return answered(answer);
};
