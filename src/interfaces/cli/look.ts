import type { Board } from '../../board/board.ts';
import type { Judge } from '../../domain/evidence.ts';
import type { Probe } from '../../domain/process.ts';
import type { Call } from './call.ts';
import { version } from '../../platform/version.ts';

/** What an operator's command says of the run's processes, as seen from here and now. */
export const lookAt = async ({ actor }: Pick<Call, 'actor'>, board: Board, taskId: string): Promise<{ readonly probe: Probe; readonly judge: Judge }> => {
  const judge: Judge = { kind: 'operator', id: actor.id, version: version() };
  const task = await board.load(taskId);
  const [{ processProbe }, { systemProcesses }] = await Promise.all([import('../../watchdog/probe.ts'), import('../../platform/processes.ts')]);
  const { process, started } = task.status === 'running' ? task.run : { process: null, started: null };
  return { judge, probe: processProbe({ processes: systemProcesses() }).look({ process, started }) };
};
