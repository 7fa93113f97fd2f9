import type { StoredTaskEvent } from '../../../board/board.ts';
import type { Started } from '../../../domain/process.ts';
import { processProbe } from '../../../watchdog/probe.ts';
import type { ProcessTable } from '../../../platform/processes.ts';
import { eventsOf } from './eventsOf.ts';

/** Ends every child on record that still lives, as one may when the demo is stopped between a kill and its consequence. Answers which. */
export const endOrphans = (events: readonly StoredTaskEvent[], processes: ProcessTable): readonly number[] => {
  const probe = processProbe({ processes });
  const lives = (started: Started): boolean => probe.look({ process: null, started }).process === 'alive';
  const orphans = eventsOf('WorkerStarted', events).filter(({ data }) => lives(data));
  return orphans.map(({ data: { child } }) => {
    processes.signalGroup(child.pgid, 'SIGKILL');
    return child.pid;
  });
};
