import { timeText } from '../text/ages.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { withRun } from '../held.ts';
import { done, refused } from '../outcome.ts';
import { runOf, taskOf } from '../task.ts';

/** The run that a worker names; without one it is an operator's word, which the board allows when nobody holds the task. */
const heldOrNot = (call: Call, taskId: string): { readonly run: number | null; readonly worker: string | null } => {
  const run = runOf(call, taskId);
  return { run, worker: run === null ? null : call.worker };
};

export const complete: Handler = async (call) => {
  const { args } = call;
  const task_id = taskOf(call);
  const held = heldOrNot(call, task_id);
  const { board } = await call.open();
  const answer = await board.execute(
    {
      type: 'CompleteTask',
      task_id,
      ...held,
      summary: args.text('summary') ?? null,
      result: args.json('result')?.value ?? null,
      artifacts: [...args.texts('artifact')],
    },
    call.execute,
  );
  return answer.ok ? done(answer, `${task_id} ${answer.status}${answer.repeated === true ? ' (already)' : ''}`) : refused(answer);
};

const KINDS = ['dependency', 'needs_input', 'capability', 'transient'] as const;

export const block: Handler = async (call) => {
  const { args } = call;
  const task_id = taskOf(call);
  const held = heldOrNot(call, task_id);
  const reason = required(call, 'reason', 'what is missing');
  const kind = KINDS.find((known) => known === args.text('kind')) ?? 'needs_input';
  const { board } = await call.open();
  const answer = await board.execute({ type: 'BlockTask', task_id, ...held, kind, reason }, call.execute);
  if (!answer.ok) return refused(answer);
  return done(answer, `${task_id} ${answer.status} (${kind}); next: ${call.paste(`holdfast unblock ${task_id}`)}`);
};

const OUTCOMES = ['failed', 'rate_limited', 'timed_out', 'no_verdict'] as const;

export const fail: Handler = async (call) => {
  const task_id = taskOf(call);
  const error = required(call, 'error', 'what went wrong');
  const retry_after_ms = call.args.number('retry-after');
  const outcome = OUTCOMES.find((known) => known === call.args.text('outcome')) ?? (retry_after_ms === undefined ? 'failed' : 'rate_limited');
  return withRun(call, task_id, async (board, held) => {
    const failure = { outcome, error, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) };
    const answer = await board.execute({ type: 'FailRun', task_id, ...held, ...failure }, call.execute);
    if (!answer.ok) return refused(answer);
    const wait = answer.not_before === null ? '' : `, not before ${timeText(answer.not_before)}`;
    return done(answer, answer.gave_up ? `${task_id} gave up; next: ${call.paste(`holdfast why ${task_id}`)}` : `${task_id} ${answer.status}${wait}`);
  });
};

export const release: Handler = async (call) => {
  const task_id = taskOf(call);
  return withRun(call, task_id, async (board, held) => {
    const answer = await board.execute({ type: 'ReleaseClaim', task_id, ...held, note: call.args.text('reason') ?? null }, call.execute);
    return answer.ok ? done(answer, `${task_id} ${answer.status}`) : refused(answer);
  });
};

const required = ({ args, verb }: Call, option: string, means: string): string => {
  const text = args.text(option);
  if (text === undefined) throw new UsageError(`${verb} needs --${option}: ${means}`, { option: `--${option}` });
  return text;
};
