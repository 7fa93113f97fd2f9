import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { beaten } from '../support/boardEvents.ts';
import { whenTold } from '../support/children.ts';

/** Appends one event at a time to streams of its own for `ms`. */
const [path = '', name = '', ms = '0'] = process.argv.slice(2);
const STREAMS = 1000;

const store = await openSqliteEventStore({ path });
await whenTold(async () => {
  const started = performance.now();
  const waits: number[] = [];
  for (let i = 0, now = started; now < started + Number(ms); i += 1) {
    const stream = `task-${name}-${i % STREAMS}`;
    await store.append(stream, [beaten(i, Date.now(), 900_000)], i < STREAMS ? 'no_stream' : BigInt(Math.floor(i / STREAMS) - 1));
    waits.push(performance.now() - now);
    now += waits.at(-1) ?? 0;
  }
  await store.close();
  return { commits: waits.length, rate: (waits.length * 1000) / (performance.now() - started), longest: Math.max(...waits) };
});
