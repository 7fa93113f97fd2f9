import { DURATION_FORMS, parseDuration } from '../../domain/duration.ts';
import { BoardSlug, Run, TaskId, WorkerId } from '../../domain/ids.ts';
import { POLICY } from '../../domain/limits.ts';

/** The claim that a supervisor, or `eval "$(holdfast claim --next --export)"`, left in the environment. null: the variable is not set. */
export type EnvironmentClaim = {
  readonly store: string | null;
  readonly board: string | null;
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  readonly lease_ms: number;
};

type EnvironmentReading =
  | { readonly kind: 'none' }
  /** A variable is set to nonsense: to be told, not to be taken for none. */
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'claim'; readonly claim: EnvironmentClaim };

export type Environment = Readonly<Record<string, string | undefined>>;

const malformed = (name: string, value: string | undefined, expected: string): EnvironmentReading => ({
  kind: 'malformed',
  problem: value === undefined ? `${name} is not set; expected ${expected}` : `${name} is ${JSON.stringify(value)}; expected ${expected}`,
});

/** Reads the worker environment of design §5 rule 9. No HOLDFAST_RUN: no claim. The lease defaults to the default policy's. */
export const claimOfEnvironment = (env: Environment): EnvironmentReading => {
  const [runText, taskText, workerText, boardText] = [env['HOLDFAST_RUN'], env['HOLDFAST_TASK'], env['HOLDFAST_WORKER'], env['HOLDFAST_BOARD']];
  if (runText === undefined) return { kind: 'none' };
  const run = Run.safeParse(/^\d+$/.test(runText) ? Number(runText) : runText);
  if (!run.success) return malformed('HOLDFAST_RUN', runText, 'the number of a run, 1 or more');
  const task = TaskId.safeParse(taskText);
  if (!task.success) return malformed('HOLDFAST_TASK', taskText, 'a task id such as t_7K3M9QX2VD');
  const worker = WorkerId.safeParse(workerText);
  if (!worker.success) return malformed('HOLDFAST_WORKER', workerText, 'the name of the worker that holds the run');
  const board = BoardSlug.optional().safeParse(boardText);
  if (!board.success) return malformed('HOLDFAST_BOARD', boardText, 'a board name');
  const leaseText = env['HOLDFAST_LEASE'];
  const lease_ms = leaseText === undefined ? POLICY.claim_ttl_ms.default : parseDuration(leaseText);
  if (lease_ms === undefined || lease_ms < POLICY.claim_ttl_ms.min) return malformed('HOLDFAST_LEASE', leaseText, `${DURATION_FORMS}, 5s or longer`);
  const claim = { store: env['HOLDFAST_STORE'] ?? null, board: board.data ?? null, task_id: task.data, run: run.data, worker: worker.data, lease_ms };
  return { kind: 'claim', claim };
};
