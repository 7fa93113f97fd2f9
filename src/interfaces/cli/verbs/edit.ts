import type { Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { limitsOf } from '../line/limits.ts';
import { done, refused } from '../outcome.ts';
import { checkedId } from '../task.ts';

export const edit: Handler = async ({ args, open, execute }) => {
  const task_id = checkedId(args.positionals[0] ?? '');
  const [title, body, input, labels, priority, limits] = [
    args.text('title'),
    args.text('body'),
    args.json('input'),
    args.texts('label'),
    args.number('priority'),
    limitsOf(args),
  ];
  const change = {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body: body === '' ? null : body }),
    ...(input === undefined ? {} : { input: input.value }),
    ...(labels.length === 0 ? {} : { labels: labels.filter((label) => label !== '') }),
    ...(priority === undefined ? {} : { priority }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
  if (Object.keys(change).length === 0) throw new UsageError('edit needs something to change. See: holdfast help edit', { takes: '--title …' });
  const { board } = await open();
  const answer = await board.execute({ type: 'EditTask', task_id, ...change }, execute);
  return answer.ok ? done(answer, `${task_id} changed: ${Object.keys(change).join(', ')}`) : refused(answer);
};

export const comment: Handler = async ({ args, open, execute }) => {
  const [id = '', text = ''] = args.positionals;
  const task_id = checkedId(id);
  const { board } = await open();
  const answer = await board.execute({ type: 'AddComment', task_id, text }, execute);
  return answer.ok ? done(answer, `${task_id} commented`) : refused(answer);
};
