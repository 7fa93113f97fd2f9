import { dispatch } from '../../../src/interfaces/cli/dispatch.ts';
import type { Io } from '../../../src/interfaces/cli/io.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { cliWith, newFolder } from '../../e2e/support/cli.ts';
import type { Cli, Run } from '../../e2e/support/cli.ts';

/** The command line without a process: parse, verb, store and rendering are the real ones. */
export const runIn =
  (dir: string, over: Partial<Io> = {}): Run =>
  async (args, env = {}) => {
    const [out, err]: [string[], string[]] = [[], []];
    const io: Io = {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      env: { HOME: dir, ...env },
      cwd: dir,
      terminal: false,
      columns: 80,
      errTerminal: false,
      clock: systemClock(),
      user: () => 'ana',
      host: () => 'build-3',
      stopped: () => new AbortController().signal,
      ...over,
    };
    const exit = await dispatch(args, io);
    return { exit, out: out.join(''), err: err.join('') };
  };

export const newInProcess = async (over: Partial<Io> = {}): Promise<Cli> => {
  const { dir, remove } = await newFolder();
  const cli = { ...cliWith(dir, runIn(dir, over)), remove };
  await cli.run(['init']);
  return cli;
};
