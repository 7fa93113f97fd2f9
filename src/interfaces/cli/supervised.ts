import { dirname } from 'node:path';
import { logsOf } from '../../logs.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import { openRunLog } from '../../worker/child/runLog.ts';
import { messageOf } from '../../worker/child/systemError.ts';
import { untilStored } from '../../worker/untilStored.ts';
import { runWatch } from '../../worker/runWatch.ts';
import type { RunWatch } from '../../worker/runWatch.ts';
import type { ChildSpec, Supervised, SupervisedRun, Supervision } from '../../worker/child/supervision.ts';
import type { OnZero } from '../../worker/child/exitVerdict.ts';
import type { Call } from './call.ts';
import { timeText } from './text/ages.ts';
import { UsageError } from './errors.ts';
import type { Opened } from './open.ts';
import { version } from '../../platform/version.ts';

/** The command after `--`, run where we are and with our environment. */
export const childOf = ({ args, io }: Call, onZero: OnZero): ChildSpec => {
  const [command = '', ...rest] = args.rest;
  if (command === '') throw new UsageError('the command after -- may not be empty', { takes: '-- cmd args…' });
  const given = args.text('on-zero');
  return { command, args: rest, cwd: io.cwd, env: io.env, on_zero: given === 'complete' || given === 'require-verdict' ? given : onZero };
};

type Told = { readonly output?: Supervision['output']; readonly warn: (problem: string) => void };

/** What a supervisor is handed; `watch` is the caller's to close. `warn`: told what keeps the output of a run from its log. */
export const supervisionOf = async ({ io }: Call, opened: Opened, { output, warn }: Told): Promise<Supervision & { readonly watch: RunWatch }> => {
  const { probe, stop } = await opened.processes();
  const base = await untilStored(() => logsOf(opened), opened.clock, io.stopped())
    .then(inFolder)
    .catch((error: unknown) => {
      warn(`the output of runs is not kept: ${messageOf(error)}; they go on`);
      return null;
    });
  return {
    board: opened.board,
    watch: runWatch({ board: opened.board, clock: opened.clock }),
    probe,
    stop,
    clock: opened.clock,
    store: opened.address,
    version: version(),
    shutdown: io.stopped(),
    ...(output === undefined ? {} : { output }),
    ...(base === null ? {} : { log: (run: SupervisedRun) => openRunLog({ base, run, warn }) }),
  };
};

/** Below a folder that is there, or can be made. */
const inFolder = (base: string | null): string | null => {
  if (base !== null) makeFolder(dirname(base), 0o700);
  return base;
};

/** How a supervised run ended, for people. */
export const endText = ({ ended, reason, exit_code, signal, spawn_error, gave_up, not_before }: Supervised): string => {
  const how = spawn_error ?? (signal === null ? (exit_code === null ? '' : `exit ${exit_code}`) : `ended by ${signal}`);
  const why = reason ?? how;
  const next = gave_up ? ', the task gave up' : not_before === null ? '' : `, not again before ${timeText(not_before)}`;
  return `${ended.replaceAll('_', ' ')}${why === '' ? '' : ` (${why})`}${next}`;
};
