// Under a limit of the file size: appends until it is refused, then reads. Tells its parent how it went.
import { randomUUID } from 'node:crypto';
import { openSqliteEventStore } from '../../dist/eventstore/sqlite/sqliteEventStore.js';

const store = await openSqliteEventStore({ path: process.argv[2], create: true });
const event = () => ({ id: randomUUID(), type: 'Written', data: { text: 'x'.repeat(50_000) }, metadata: {} });
let refusal;
let acknowledged = 0;
while (refusal === undefined && acknowledged < 1_000) {
  try {
    await store.append(`task-${acknowledged}`, [event()], 'no_stream');
    acknowledged += 1;
  } catch (error) {
    refusal = error.name;
  }
}
let read = 0;
for await (const message of store.subscribe({ after: -1n })) {
  if (message.kind === 'caught_up') break;
  read += message.events.length;
}
process.stdout.write(JSON.stringify({ refusal, acknowledged, read }));
process.exit(0);
