import { statSync } from 'node:fs';
import { integer, openDatabase } from '../src/platform/sqlite.ts';
import type { Benchmark } from './support/benchmark.ts';
import { bigLog } from './support/logs.ts';

/** A finished log on disk. */
export const size: Benchmark = {
  name: 'size',
  targets: [{ id: 'T9', what: 'main file / bytes of data and metadata', unit: 'x', at_most: 1.3 }],
  run: async (scale) => {
    const { path, events } = await bigLog(scale);
    const database = openDatabase({ path, readonly: true });
    const held = integer(database.prepare('SELECT sum(octet_length(payload) + octet_length(metadata)) FROM events').get() ?? [], 0);
    database.close();
    const file = statSync(path).size;
    return [{ id: 'T9', value: file / held, note: `${(file / events).toFixed(0)} / ${(held / events).toFixed(0)} B an event` }];
  },
};
