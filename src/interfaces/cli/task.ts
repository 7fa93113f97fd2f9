import type { ExistingTask, TaskState } from '../../domain/task/state.ts';
import type { Call } from './call.ts';
import { UsageError } from './errors.ts';
import { isTaskId, TASK_ID_FORM, workerEnvironment } from './identity.ts';

/** The one task of a worker's verb: ID, else HOLDFAST_TASK. @throws UsageError */
export const taskOf = ({ args, io, verb }: Pick<Call, 'args' | 'io' | 'verb'>): string => {
  const id = args.positionals[0] ?? workerEnvironment(io).task_id;
  if (id === null) throw new UsageError(`${verb} needs ID, or HOLDFAST_TASK set. See: holdfast help ${verb}`, { takes: 'ID' });
  return checkedId(id);
};

export const checkedId = (id: string): string => {
  if (!isTaskId(id)) throw new UsageError(`‘${id}’ is not allowed: ${TASK_ID_FORM}`, { value: id, allowed: TASK_ID_FORM });
  return id;
};

/** `--run`. @throws UsageError */
export const runOption = ({ args }: Pick<Call, 'args'>): number | undefined => {
  const given = args.number('run');
  if (given !== undefined && given < 1)
    throw new UsageError(`--run ‘${given}’ is not allowed: it takes a whole number from 1`, { option: '--run', value: given });
  return given;
};

/** `--run`, else HOLDFAST_RUN when the task is HOLDFAST_TASK; null otherwise. @throws UsageError */
export const runOf = ({ args, io }: Pick<Call, 'args' | 'io'>, taskId: string): number | null => {
  const given = runOption({ args });
  if (given !== undefined) return given;
  const { task_id, run } = workerEnvironment(io);
  return task_id === taskId ? run : null;
};

export const exists = (state: TaskState): state is ExistingTask => state.status !== 'absent';
