import { randomUUID } from 'node:crypto';
import { openSqliteEventStore } from '../src/eventstore/sqlite/sqliteEventStore.ts';
import type { Benchmark } from './support/benchmark.ts';
import { beaten, streamOf } from './support/boardEvents.ts';
import { bigLog, copyOf } from './support/logs.ts';
import { rateOfCallers, sideBySide, thousands } from './support/measure.ts';
import { rawAppend, rawOverwrite } from './support/raw.ts';

/** Appends to random streams of a big log, each with its expected revision. */
export const append: Benchmark = {
  name: 'append',
  targets: [
    { id: 'T1', what: 'one append at a time / overwrite 4 KiB + fdatasync', unit: 'x', at_least: 0.45 },
    { id: 'T2 (64)', what: '64 callers / one append at a time', unit: 'x', at_least: 8 },
    { id: 'T2 (512)', what: '512 callers / one append at a time', unit: 'x', at_least: 11 },
    { id: 'T4', what: '512 callers / 512 × 300 B appended per fdatasync, in events', unit: 'x', at_least: 0.1 },
  ],
  run: async (scale) => {
    const log = await bigLog(scale);
    const store = await openSqliteEventStore({ path: copyOf(log, scale.folder) });
    const ms = scale.quick ? 200 : 1500;
    const streams = Array.from({ length: log.tasks }, (_, n) => streamOf(n));
    const heads: bigint[] = [];
    for (const stream of streams) heads.push((await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0]?.revision ?? -1n);
    const event = beaten(0, Date.now(), 900_000);
    const call = async (caller: number, callers: number) => {
      // Each caller has streams of its own, so that none waits for a conflict of our making.
      const n = caller + callers * Math.floor(Math.random() * Math.floor(log.tasks / callers));
      const { revision } = await store.append(streams[n] ?? '', [{ ...event, id: randomUUID() }], heads[n] ?? 'no_stream');
      heads[n] = revision;
    };
    const [overwrite, lines] = [rawOverwrite(scale.folder), rawAppend(scale.folder, 512)];
    const callers = (count: number) => () => rateOfCallers(count, ms, (caller) => call(caller, count));
    const rates = await sideBySide(scale.rounds, {
      overwrite: () => overwrite.rate(ms),
      one: callers(1),
      many: callers(64),
      most: callers(512),
      lines: () => lines.rate(ms) * 512,
    });
    overwrite.close();
    lines.close();
    await store.close();
    const said = (above: Parameters<typeof rates.median>[0], below: Parameters<typeof rates.median>[0]) =>
      `${thousands(rates.median(above))} / ${thousands(rates.median(below))} a second`;
    return [
      { id: 'T1', value: rates.ratio('one', 'overwrite'), note: said('one', 'overwrite') },
      { id: 'T2 (64)', value: rates.ratio('many', 'one'), note: said('many', 'one') },
      { id: 'T2 (512)', value: rates.ratio('most', 'one'), note: said('most', 'one') },
      { id: 'T4', value: rates.ratio('most', 'lines'), note: said('most', 'lines') },
    ];
  },
};
