import { writeSync } from 'node:fs';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { beaten } from '../support/boardEvents.ts';

/** Appends until it is killed, and writes a line for each acknowledged event: a write to a pipe outlives its writer. */
const [path = '', stream = ''] = process.argv.slice(2);

const store = await openSqliteEventStore({ path });
const last = (await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0];
for (let head = last?.revision; ;) {
  const event = beaten(0, Date.now(), 900_000);
  head = (await store.append(stream, [event], head ?? 'no_stream')).revision;
  writeSync(1, `${head} ${event.id}\n`);
}
