import type { ExistingTask } from '../../../domain/task/state.ts';
import { logsOf } from '../../../logs.ts';
import { NoLog, logFiles, type LogFiles } from '../../../worker/child/logFiles.ts';
import { logTail, type LogTail } from '../../../worker/child/logTail.ts';
import { messageOf, systemCode } from '../../../worker/child/systemError.ts';
import { runWatch } from '../../../worker/runWatch.ts';
import type { Call, Handler } from '../call.ts';
import { missingTask, notOnThis } from '../missingTask.ts';
import type { Opened } from '../open.ts';
import { done, failed, streamed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { checkedId, exists, runOption } from '../task.ts';

/** What a supervised run wrote, as it wrote it. */
export const log: Handler = async (call) => {
  const task_id = checkedId(call.args.positionals[0] ?? '');
  const given = runOption(call);
  const opened = await call.open();
  const task = await opened.board.load(task_id);
  if (!exists(task)) return missingTask(opened.board, task_id);
  const stranger = await notOnThis(opened.board, task_id, task.board);
  if (stranger !== undefined) return stranger;
  const runs = runsOf(task);
  const run = given ?? runs.at(-1);
  if (run === undefined) return failed('NotFound', `nobody has claimed ${task_id} yet, so there is no output`, { task_id });
  if (!runs.includes(run)) return failed('NotFound', `${task_id} has no run ${run}; its last is ${runs.at(-1) ?? 'none'}`, { task_id, run });
  const base = await logsOf(opened);
  if (base === null) return failed('NotFound', 'a store in memory keeps no output', { task_id, run });
  const files = logFiles(base, { task_id, run });
  return printed({ call, opened, base, files, task_id, run }).catch((error: unknown) => unreadable({ files, task_id, run }, error));
};

type Wanted = {
  readonly call: Call;
  readonly opened: Opened;
  readonly base: string;
  readonly files: LogFiles;
  readonly task_id: string;
  readonly run: number;
};

const runsOf = (task: ExistingTask): readonly number[] => [...task.runs.map(({ run }) => run), ...(task.status === 'running' ? [task.run.run] : [])];

/** Raw for people, as it comes; under --json one document, with --follow at the end. */
const printed = async (wanted: Wanted): Promise<Outcome> => {
  const { call, files, base, task_id, run } = wanted;
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let [bytes, found] = [0, false];
  const print = (chunk: Uint8Array): void => {
    found = true;
    bytes += chunk.length;
    const text = decoder.decode(chunk, { stream: true });
    if (call.json) parts.push(text);
    else if (text !== '') call.io.out(text);
  };
  const tail = logTail(base, files);
  try {
    if (call.args.flag('follow')) await follow(wanted, tail, print);
    else once(tail, print);
  } finally {
    tail.close();
  }
  if (!found) return missing(wanted);
  return call.json ? done({ task_id, run, path: files.current, bytes, text: parts.join('') }, '') : streamed();
};

type Print = (chunk: Uint8Array) => void;

/** Whether there is a log. */
const once = (tail: LogTail, print: Print): boolean => {
  const chunk = tail.next();
  if (chunk !== undefined) print(chunk);
  return chunk !== undefined;
};

/** How often a log that is followed is looked at (ms): nothing tells when a file grows on every system. */
const LOOK_MS = 200;

/** Until the run is over, which is stored after its last output was written. A run that was revoked still writes. */
const follow = async (wanted: Wanted, tail: LogTail, print: Print): Promise<void> => {
  const {
    call: { io },
    opened: { board, clock },
    task_id,
    run,
  } = wanted;
  const over = new AbortController();
  const watch = runWatch({ board, clock });
  const unwatch = watch.add({ task_id, run, onOver: ({ how }) => (how === 'revoked' ? undefined : over.abort()) });
  const ends = AbortSignal.any([over.signal, io.stopped()]);
  let told = false;
  try {
    await watch.check(task_id);
    for (;;) {
      const coming = ends.aborted ? 'nothing' : await stillToCome(wanted);
      const found = once(tail, print);
      if (coming === 'nothing') break;
      if (coming === 'start' && !found && !told) io.err(`holdfast: run ${run} of ${task_id} has started no command yet; waiting for one\n`);
      told ||= coming === 'start';
      await clock.sleep(LOOK_MS, ends);
    }
  } finally {
    unwatch();
    await watch.close();
  }
};

/** What there is to wait for on this host. A claim with a process may yet start its command; one without was made by hand, and writes no log. */
const stillToCome = async ({ opened, task_id, run }: Wanted): Promise<'output' | 'start' | 'nothing'> => {
  const task = await opened.board.load(task_id);
  if (task.status !== 'running' || task.run.run !== run) return 'output';
  const { started, process } = task.run;
  if (started === null) return process === null ? 'nothing' : 'start';
  return started.host === (await hostOf(opened)) ? 'output' : 'nothing';
};

const hostOf = async ({ processes }: Opened): Promise<string | undefined> => (await processes()).probe.host?.host;

/** Why there is no log: the command never started, it was not ours to start, the log is gone, or it is on another host. */
const missing = async ({ opened, files, task_id, run }: Wanted): Promise<Outcome> => {
  const facts = { task_id, run, path: files.current };
  const events = await opened.board.history(task_id);
  const unstarted = events.find(({ type, data }) => type === 'RunFailed' && data.run === run && data.outcome === 'spawn_failed');
  if (unstarted?.type === 'RunFailed')
    return failed('NotFound', `the command of run ${run} of ${task_id} could not be started, so there is no output: ${unstarted.data.error}`, facts);
  const started = events.find(({ type, data }) => type === 'WorkerStarted' && data.run === run);
  if (started === undefined || started.type !== 'WorkerStarted')
    return failed('NotFound', `run ${run} of ${task_id} was not started by holdfast work or holdfast run: there is no ${files.current}`, facts);
  const { host } = started.data;
  if (host === (await hostOf(opened)))
    return failed('NotFound', `the output of run ${run} of ${task_id} is gone: there is no ${files.current}`, { ...facts, host });
  return failed('NotFound', `run ${run} of ${task_id} ran on ${host}, and its output is there; here there is no ${files.current}`, { ...facts, host });
};

const unreadable = ({ files, ...facts }: Pick<Wanted, 'files' | 'task_id' | 'run'>, error: unknown): Outcome => {
  if (!(error instanceof NoLog) && systemCode(error) === undefined) throw error;
  return failed('NotFound', `${files.current} cannot be read: ${messageOf(error)}`, { ...facts, path: files.current });
};
