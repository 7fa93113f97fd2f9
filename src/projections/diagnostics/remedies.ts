import { durationText } from '../../domain/duration.ts';
import { POLICY } from '../../domain/limits.ts';
import { shellWord } from '../../platform/shellWord.ts';
import type { FalseReclaim, Remedy } from './diagnostic.ts';

/*
 * Each command can be pasted as it is: no NAME or TEXT is left for the reader to fill in. What changes something says so.
 */

const remedy =
  (verb: string, means: string, rest = '') =>
  (task_id: string): Remedy => ({ command: `holdfast ${verb} ${task_id}${rest}`, means });

export const why = (task_id: string, run: number | null): Remedy => ({
  command: `holdfast why ${task_id}${run === null ? '' : ` --run ${run}`}`,
  means: 'why the run ended so, with the evidence',
});
export const show = remedy('show', 'the task as it is now');
export const history = remedy('history', 'every event of the task');
export const unblock = remedy('unblock', 'let it go on, with a clean count of failures');
export const reclaim = remedy('reclaim', 'take it from its worker, who is stopped', ' --reason "see diagnostics"');
export const cancel = remedy('cancel', 'end it for good', ' --reason "see diagnostics"');
export const archive = remedy('archive', 'put it away as it is');
export const reopen = remedy('reopen', 'have it done again', ' --reason "names tasks that do not exist"');
export const comment = remedy('comment', 'silence this for as long again', ' "seen, an answer follows"');
export const anybody = remedy('assign', 'let anybody claim it', ' none');
export const progressTimeout = remedy('edit', 'have such runs taken back by themselves', ' --progress-timeout 1h');
export const log = (task_id: string, run: number | null): Remedy => ({
  command: `holdfast log ${task_id}${run === null ? '' : ` --run ${run}`}`,
  means: 'what the command printed, if Holdfast started it',
});
export const blocks = (task_id: string): Remedy => ({
  command: `holdfast events --task ${task_id} --type TaskBlocked --type TaskUnblocked`,
  means: 'every block and how it was lifted',
});
export const park = (task_id: string, cycles: number): Remedy => ({
  command: `holdfast block ${task_id} --kind needs_input --reason "blocked ${cycles} times"`,
  means: 'keep workers away until a person unblocks it',
});
export const claimFor = (task_id: string, worker: string): Remedy => ({
  command: `holdfast claim ${task_id} --worker ${shellWord(worker)}`,
  means: `claim it as ${worker}`,
});
export const serve: Remedy = { command: 'holdfast serve', means: 'watch the board' };
export const doctor: Remedy = { command: 'holdfast doctor', means: 'check the store and this machine' };

/** A quarter more than was needed, in whole seconds or minutes; empty when no value in its range would do. */
export const longer = ({ policy, needed_ms }: NonNullable<FalseReclaim['kept_by']>): readonly Remedy[] => {
  const unit = needed_ms < MINUTE ? SECOND : MINUTE;
  const enough = Math.max(POLICY[policy].min, Math.ceil((needed_ms * SPARE) / unit) * unit);
  if (enough > POLICY[policy].max) return [];
  return [{ command: `holdfast board policy --set ${policy.replace(/_ms$/, '')}=${durationText(enough)}`, means: 'would have kept the run' }];
};
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SPARE = 1.25;
