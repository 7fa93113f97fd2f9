import type { Board } from '../../../board/board.ts';
import { durationText } from '../../../domain/duration.ts';
import { toMs } from '../../../domain/instant.ts';
import type { ProcessIdentity } from '../../../domain/process.ts';
import type { Claimed } from '../../../domain/task/answers.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { capsOf } from '../line/caps.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exits.ts';
import { done, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { overdueRuns } from '../overdue.ts';
import { pasteable } from '../paste.ts';
import { checkedId, exists } from '../task.ts';
import { taskView } from '../taskView.ts';
import { about } from '../text/ages.ts';

export const claim: Handler = async (call) => {
  const { args } = call;
  const [id] = args.positionals;
  if ((id === undefined) === !args.flag('next')) throw new UsageError('claim takes either ID or --next. See: holdfast help claim', { takes: '[ID | --next]' });
  if (id !== undefined && (args.number('wait') !== undefined || args.texts('label').length > 0 || args.text('assignee') !== undefined)) {
    throw new UsageError('--wait, --label and --assignee choose among tasks: they go with --next, not with ID', { takes: '[ID | --next]' });
  }
  return id === undefined ? claimNext(call) : claimOne(call, checkedId(id));
};

const claimOne = async (call: Call, task_id: string): Promise<Outcome> => {
  const common = await commonOf(call);
  const { board } = await call.open();
  const answer = await board.execute({ type: 'ClaimTask', task_id, ...common, force: call.args.flag('force') }, call.execute);
  return answer.ok ? claimed(call, board, answer) : refused(answer);
};

const claimNext = async (call: Call): Promise<Outcome> => {
  const { args, io } = call;
  const common = await commonOf(call);
  const opened = await call.open();
  const { board } = opened;
  const [wait_ms, assignee] = [args.number('wait'), args.text('assignee')];
  const answer = await board.claimNext(
    {
      ...common,
      labels: args.texts('label'),
      ...(wait_ms === undefined ? {} : { wait_ms, signal: io.stopped() }),
      ...(assignee === undefined ? {} : { assignee }),
    },
    call.execute,
  );
  if (answer.ok) return claimed(call, board, answer);
  if (answer.code !== 'NothingToClaim') return refused(answer);
  const { ok: _, code: __, ...why } = answer;
  const { overdue, text } = (answer.waiting['running'] ?? 0) > 0 && answer.why !== 'paused' ? await overdueRuns(opened, call) : NONE_OVERDUE;
  const message = `${pasteable(answer.message, call.paste)}${text === undefined ? '' : `; ${text}`}`;
  if (args.flag('export') && !call.json) io.err(`${message}\n`);
  return done({ task: null, ...why, message, overdue }, args.flag('export') ? '' : message, EXIT.nothing);
};

const NONE_OVERDUE = { overdue: [], text: undefined } as const;

const commonOf = async ({ args, worker }: Call) => {
  const lease_ms = args.number('lease');
  return { worker, ...capsOf(args), process: await holder(args.number('pid')), ...(lease_ms === undefined ? {} : { lease_ms }) };
};

const holder = async (pid: number | undefined): Promise<ProcessIdentity | null> => {
  if (pid === undefined) return null;
  const [{ processProbe }, { systemProcesses }] = await Promise.all([import('../../../watchdog/probe.ts'), import('../../../platform/processes.ts')]);
  const identity = processProbe({ processes: systemProcesses() }).identify(pid);
  if (identity === null)
    throw new UsageError(`--pid ‘${pid}’ is not allowed: it takes the id of a process that lives on this host`, { option: '--pid', value: pid });
  return identity;
};

const claimed = async (call: Call, board: Board, answer: Claimed): Promise<Outcome> => {
  const task = await board.load(answer.task_id);
  const now = call.io.clock.now();
  // The whole task is for programs only, and needs the limits of the board.
  const view = exists(task) && call.json ? taskView(task, now, await board.state()) : null;
  const text = call.args.flag('export') ? exportsOf(call, answer) : textOf(call, answer, exists(task) ? task.title : '', now);
  return done({ ...answer, task: view }, text);
};

/** The next command names the worker only where this one had to. */
const textOf = ({ settings, paste }: Call, { task_id, run, worker, claim_expires }: Claimed, title: string, now: number): string => {
  const held = `--run ${run}${settings.worker?.from === 'flag' ? ` --worker ${shellWord(worker)}` : ''}`;
  return `${task_id} "${title}" claimed, run ${run}, expires in ${about(toMs(claim_expires) - now)}; next: ${paste(`holdfast complete ${task_id} ${held}`)}`;
};

/** The worker environment as shell exports; single quotes keep every character as it is. */
const exportsOf = ({ settings }: Call, { task_id, run, worker, lease_ms }: Claimed): string => {
  const variables = {
    HOLDFAST_STORE: settings.store?.value ?? '',
    HOLDFAST_BOARD: settings.board.value,
    HOLDFAST_TASK: task_id,
    HOLDFAST_RUN: String(run),
    HOLDFAST_WORKER: worker,
    HOLDFAST_LEASE: durationText(lease_ms),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
};
