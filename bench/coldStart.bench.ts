import type { Benchmark } from './support/benchmark.ts';
import { BOARD, taskIdOf, workerOf } from './support/boardEvents.ts';
import { boardOfReadyTasks, claimAll } from './support/boards.ts';
import { timeOfCommand, timeOfNode } from './support/cli.ts';
import { sideBySide } from './support/measure.ts';

/** What a script that beats by hand waits for. */
export const coldStart: Benchmark = {
  name: 'coldStart',
  targets: [{ id: 'cold heartbeat', what: 'heartbeat from a cold command line / node -e 0', unit: 'x', at_most: 2.5 }],
  run: async ({ quick, rounds, folder }) => {
    const { path, holdfast } = await boardOfReadyTasks(folder, 'board', 1);
    await claimAll(holdfast, 0, 1, () => 900_000);
    await holdfast.close();
    const beat = ['heartbeat', taskIdOf(0), '--run', '1', '--worker', workerOf(0), '--store', path, '--board', BOARD];
    const times = await sideBySide(quick ? rounds : 4 * rounds, { node: () => timeOfNode(['-e', '0']), beat: () => timeOfCommand(beat) });
    return [{ id: 'cold heartbeat', value: times.ratio('beat', 'node'), note: `${times.median('beat').toFixed(0)} / ${times.median('node').toFixed(0)} ms` }];
  },
};
