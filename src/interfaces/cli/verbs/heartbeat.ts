import type { Beaten } from '../../../domain/task/answers.ts';
import { age } from '../text/ages.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { withRun } from '../held.ts';
import { done, refused } from '../outcome.ts';
import { taskOf } from '../task.ts';

export const heartbeat: Handler = async (call) => {
  const { args, io } = call;
  const task_id = taskOf(call);
  return withRun(call, task_id, async (board, held) => {
    const [note, percent, checkpoint, lease_ms] = [args.text('note'), args.number('percent'), args.json('checkpoint'), args.number('lease')];
    const answer = await board.execute(
      {
        type: 'RecordHeartbeat',
        task_id,
        ...held,
        ...(note === undefined ? {} : { note }),
        ...(percent === undefined ? {} : { percent }),
        ...(checkpoint === undefined ? {} : { checkpoint: checkpoint.value }),
        ...(lease_ms === undefined ? {} : { lease_ms }),
      },
      call.execute,
    );
    return answer.ok ? done(answer, textOf(call, answer, io.clock.now())) : refused(answer);
  });
};

/** The same fact, for those who report how far they are. */
export const progress: Handler = async (call) => {
  const { args } = call;
  const said = args.text('note') !== undefined || args.number('percent') !== undefined || args.json('checkpoint') !== undefined;
  if (!said) throw new UsageError('progress needs --percent, --note or --checkpoint; holdfast heartbeat needs none', { takes: '--percent' });
  return heartbeat(call);
};

const textOf = ({ paint }: Call, { task_id, run, claim_expires, directive, reason }: Beaten, now: number): string =>
  directive === 'continue'
    ? `${task_id} run ${run}: go on; lease until ${claim_expires.slice(11, 19)} UTC (${age(claim_expires, now)})`
    : `${task_id} run ${run}: ${paint.red('stop')}${reason === null ? '' : ` (${reason})`}`;
