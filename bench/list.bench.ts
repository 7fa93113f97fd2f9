import { openBoard } from '../src/interfaces/library/openBoard.ts';
import type { Benchmark } from './support/benchmark.ts';
import { BOARD } from './support/boardEvents.ts';
import { openBoardAt } from './support/boards.ts';
import { timeOfCommand } from './support/cli.ts';
import { bigLog, copyOf } from './support/logs.ts';
import { median, thousands } from './support/measure.ts';

const PAGE = 50;

/** The first page of a big board, its views warm. */
export const list: Benchmark = {
  name: 'list',
  targets: [
    { id: 'list library', what: 'first page of 100,000 tasks in 1,000,000 events, open library', unit: 'ms', at_most: 5 },
    { id: 'list cold', what: 'the same from a cold command line, views warm', unit: 'ms', at_most: 400 },
    { id: 'rebuild', what: 'views built from nothing', unit: '/s' },
  ],
  run: async (scale) => {
    const log = await bigLog(scale);
    const path = copyOf(log, scale.folder);
    const holdfast = await openBoardAt(path);
    const readModel = await holdfast.readModel();
    const building = performance.now();
    await readModel.catchUp();
    const built = (log.events * 1000) / (performance.now() - building);
    await holdfast.close();
    const board = await openBoard({ store: path, board: BOARD, actor: 'agent:bench' });
    const times: number[] = [];
    for (let round = 0; round < 10 * scale.rounds; round += 1) {
      const started = performance.now();
      const tasks = await board.list({ limit: PAGE });
      times.push(performance.now() - started);
      if (tasks.length !== PAGE) throw new Error(`a page of ${tasks.length}`);
    }
    await board.close();
    const page = ['list', '--json', '--limit', String(PAGE), '--store', path, '--board', BOARD];
    const cold = Array.from({ length: 2 * scale.rounds }, () => timeOfCommand(page));
    return [
      { id: 'list library', value: median(times), note: `longest ${Math.max(...times).toFixed(1)} ms` },
      { id: 'list cold', value: median(cold), note: `longest ${Math.max(...cold).toFixed(0)} ms` },
      { id: 'rebuild', value: built, note: `${thousands(log.events)} events` },
    ];
  },
};
