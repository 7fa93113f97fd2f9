// Appends for ever with 8 callers. Each acknowledged event is a line in the file of acknowledgements, written before the next
// append; every 25th is also reported to the parent, so that it can kill at a moment of its choice.
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { openSqliteEventStore } from '../../dist/eventstore/sqlite/sqliteEventStore.js';

const [, , path, acknowledgements] = process.argv;
const store = await openSqliteEventStore({ path, create: true });
const file = openSync(acknowledgements, 'a');
let acknowledged = 0;

const caller = async () => {
  const stream = `task-${randomUUID()}`;
  for (let revision = -1n; ;) {
    const events = Array.from({ length: 1 + (acknowledged % 3) }, () => ({
      id: randomUUID(),
      type: 'Written',
      data: { stream, text: 'x'.repeat(200) },
      metadata: {},
    }));
    const answer = await store.append(stream, events, revision < 0n ? 'no_stream' : revision);
    revision = answer.revision;
    writeSync(file, `${stream} ${answer.revision} ${answer.position} ${events.at(-1).id}\n`);
    acknowledged += 1;
    if (acknowledged % 25 === 0) process.send(acknowledged);
  }
};
await Promise.all(Array.from({ length: 8 }, caller));
