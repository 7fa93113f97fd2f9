import { type RecordedEvent, START } from '../src/eventstore/port.ts';
import { LINE, parseLine } from '../src/eventstore/sqlite/line.ts';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import { openDatabase, text } from '../src/platform/sqlite.ts';
import type { Benchmark } from './support/benchmark.ts';
import { bigLog } from './support/logs.ts';
import { sideBySide, thousands } from './support/measure.ts';

/** The whole log through the store's own subscription. */
export const replay: Benchmark = {
  name: 'replay',
  targets: [{ id: 'T7', what: 'replay a log, checked and folded / JSON.parse of its lines', unit: 'x', at_least: 0.5 }],
  run: async (scale) => {
    const { path, events } = await bigLog(scale);
    const times = Math.ceil(events / 200_000);
    const lines = linesOf(path, times);
    const store = await openSqliteEventStore({ path });
    const rates = await sideBySide(scale.rounds, {
      // As many as are replayed: the machine changes its speed within a second.
      parse: () =>
        perSecond(lines.length * times, () => {
          for (let time = 0; time < times; time += 1) for (const line of lines) parseLine(line);
        }),
      replay: () =>
        perSecond(events, async () => {
          const board = new Map<string, Held>();
          for await (const message of store.subscribe({ after: START })) {
            if (message.kind === 'caught_up') return;
            for (const event of message.events) fold(board, event);
          }
        }),
    });
    await store.close();
    const note = `${thousands(rates.median('replay'))} / ${thousands(rates.median('parse'))} events a second`;
    return [{ id: 'T7', value: rates.ratio('replay', 'parse'), note }];
  },
};

type Held = { worker: unknown; expires: unknown; beats: number };

const fold = (board: Map<string, Held>, { stream, type, data }: RecordedEvent): void => {
  if (type === 'HeartbeatRecorded') {
    const held = board.get(stream);
    if (held === undefined) return;
    held.expires = data['claim_expires'];
    held.beats += 1;
  } else if (type === 'TaskClaimed') board.set(stream, { worker: data['worker'], expires: data['claim_expires'], beats: 0 });
  else if (type === 'TaskCompleted') board.delete(stream);
};

const perSecond = async (count: number, work: () => unknown): Promise<number> => {
  const started = performance.now();
  await work();
  return (count * 1000) / (performance.now() - started);
};

/** Every `step`th event as a file of lines would hold it: place, id, data and metadata. The mix of events is that of the log, which is replayed whole. */
const linesOf = (path: string, step: number): readonly string[] => {
  const database = openDatabase({ path, readonly: true });
  const rows = database.prepare(`SELECT ${LINE} FROM events WHERE position % ? = 0 ORDER BY position`).all(step);
  database.close();
  return rows.map((row) => text(row, 0));
};
