import { durationText } from '../../../domain/duration.ts';
import { commandFile } from '../../../worker/child/commandLine.ts';
import { superviseQueue } from '../../../worker/child/superviseQueue.ts';
import type { QueueEnd } from '../../../worker/child/superviseQueue.ts';
import type { Claimed } from '../../../domain/task/answers.ts';
import type { Supervised } from '../../../worker/child/supervision.ts';
import { capsOf } from '../line/caps.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exits.ts';
import { logOf, openWhenThere } from '../longRunning.ts';
import { missingBoard } from '../missingBoard.ts';
import { done, streamed } from '../outcome.ts';
import { pausedText } from '../text/pausedText.ts';
import { childOf, endText, supervisionOf } from '../supervised.ts';

/** How long to wait for the watchdog and promoter at the start (ms), before the queue is taken as it is. */
const SETTLE_MS = 10_000;

/** How each way to end is answered. */
const ENDS: Readonly<Record<QueueEnd['why'], { readonly exit: number; readonly text: string }>> = {
  empty: { exit: EXIT.ok, text: 'nothing is left to claim' },
  paused: { exit: EXIT.nothing, text: 'the board is paused' },
  shutdown: { exit: EXIT.ok, text: 'told to end' },
  closed: { exit: EXIT.store, text: 'the store was closed' },
};

/** The child's output is shown only to a person who watches: it is kept in a log, and the end of it in the history. */
export const work: Handler = async (call) => {
  const { args, io, json, worker } = call;
  const child = childOf(call, 'complete');
  if ((await commandFile(child.command, { path: io.env['PATH'] ?? '', cwd: io.cwd })) === undefined)
    throw new UsageError(`command not found: ${child.command}`, { takes: '-- cmd args…', value: child.command });
  const concurrency = args.number('concurrency') ?? 1;
  if (concurrency < 1)
    throw new UsageError(`--concurrency ‘${concurrency}’ is not allowed: it takes 1 or more`, { option: '--concurrency', value: concurrency });
  const caps = capsOf(args);
  const log = logOf(call);
  const opened = await openWhenThere(call, log);
  const missing = await missingBoard(opened.board);
  if (missing !== undefined) return missing;
  const output = io.errTerminal ? (chunk: Uint8Array) => io.err(new TextDecoder().decode(chunk)) : undefined;
  const deps = await supervisionOf(call, opened, { warn: (problem) => log.warn(problem), ...(output && { output }) });
  const watchdog = args.flag('no-watchdog') ? undefined : await hosted(call, log);
  // By then the promoter has made ready what waits for nothing any more, so that the queue is not taken for empty.
  if (args.flag('until-empty') && watchdog !== undefined) await atMost(watchdog.caughtUp, call);
  const [lease_ms, assignee] = [args.number('lease'), args.text('assignee')];
  const ended: unknown[] = [];
  // For a person at a terminal; everybody else reads the log.
  const tell = (line: string): void => (io.errTerminal && !json && !args.flag('quiet') ? io.err(`${line}\n`) : undefined);
  if (!args.flag('until-empty')) tell(`takes what becomes ready on board ${opened.board.name}, and waits while nothing is; Ctrl-C ends it`);
  try {
    const { why, runs } = await superviseQueue({
      child,
      claim: { worker, labels: args.texts('label'), ...caps, ...(lease_ms === undefined ? {} : { lease_ms }), ...(assignee === undefined ? {} : { assignee }) },
      concurrency,
      until_empty: args.flag('until-empty'),
      deps: { ...deps, board: opened.board },
      onClaim: ({ task_id, run, lease_ms: lasts_ms }) => {
        log.info({ task_id, run, worker }, 'claimed');
        tell(`${task_id} run ${run} claimed by ${worker}, lease ${durationText(lasts_ms)}`);
      },
      onEnd: (claimed, end) => {
        log.info({ task_id: claimed.task_id, run: claimed.run, ...end }, 'ended');
        if (json) ended.push({ task_id: claimed.task_id, run: claimed.run, ...end });
        else io.out(`${lineOf(claimed, end)}\n`);
      },
    });
    const { exit, text } = ENDS[why];
    const { paused } = why === 'paused' ? await opened.board.state() : { paused: null };
    if (!json) io.out(`${runs} ${runs === 1 ? 'run' : 'runs'}, ${paused === null ? text : `the board is ${pausedText(paused, io.clock.now(), call.paste)}`}\n`);
    return json ? done({ why, ...(paused !== null && { paused }), runs: ended }, '', exit) : streamed(exit);
  } finally {
    await deps.watch.close();
    await watchdog?.close();
  }
};

/** Waits no longer than SETTLE_MS, and leaves no timer that would hold the process when there is nothing left to do. */
const atMost = async (settled: Promise<void>, { io }: Pick<Call, 'io'>): Promise<void> => {
  const over = new AbortController();
  await Promise.race([settled, io.clock.sleep(SETTLE_MS, AbortSignal.any([over.signal, io.stopped()]))]);
  over.abort();
};

const hosted = async ({ open }: Call, log: ReturnType<typeof logOf>) => {
  const { hostWatchdog } = await import('../../../hosting.ts');
  const watchdog = await hostWatchdog(await open(), log);
  watchdog.done.catch((err: unknown) => log.error({ err }, 'the watchdog ended: nobody watches from here'));
  return watchdog;
};

const lineOf = ({ task_id, run }: Claimed, end: Supervised): string => `${task_id} run ${run} ${endText(end)}`;
