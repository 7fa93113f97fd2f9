import type { Handler } from '../call.ts';
import { done, refused } from '../outcome.ts';
import { limitsOf } from '../line/limits.ts';
import { zonedTime } from '../line/pointInTime.ts';
import { parentsOf } from './dependencies.ts';

const STATUSES = ['ready', 'triage', 'blocked'] as const;

export const create: Handler = async ({ args, open, execute }) => {
  const [parents, until] = [parentsOf({ args }), args.text('schedule-until')];
  const scheduled_until = until === undefined ? null : zonedTime('--schedule-until', until);
  const { board } = await open();
  const status = STATUSES.find((known) => known === args.text('status'));
  const answer = await board.create(
    {
      title: args.positionals[0] ?? '',
      body: args.text('body') ?? null,
      input: args.json('input')?.value ?? null,
      labels: [...args.texts('label')],
      assignee: args.text('assignee') ?? null,
      priority: args.number('priority') ?? 0,
      limits: limitsOf(args),
      parents,
      scheduled_until,
      idempotency_key: args.text('idempotency-key') ?? null,
      ...(status === undefined ? {} : { status }),
    },
    execute,
  );
  if (!answer.ok) return refused(answer);
  return done(answer, args.flag('quiet') ? answer.task_id : `${answer.task_id} ${answer.status}`);
};
