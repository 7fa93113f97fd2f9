// One of two processes that answer each other: it appends turn n to its own stream when it has seen turn n - 1 of the other.
import { randomUUID } from 'node:crypto';
import { openSqliteEventStore } from '../../dist/eventstore/sqlite/sqliteEventStore.js';

const [, , path, mine, theirs, turns, begins] = process.argv;
const store = await openSqliteEventStore({ path, create: true });
let revision = -1n;
const say = async (turn) => {
  const event = { id: randomUUID(), type: 'Said', data: { turn }, metadata: {} };
  revision = (await store.append(mine, [event], revision < 0n ? 'no_stream' : revision)).revision;
};
if (begins === 'begins') await say(1);
const heard = [];
for await (const message of store.subscribe({ after: -1n, prefixes: [theirs] })) {
  if (message.kind === 'caught_up') continue;
  for (const { data } of message.events) {
    heard.push(data.turn);
    if (data.turn < Number(turns)) await say(data.turn + 1);
  }
  if ((heard.at(-1) ?? 0) >= Number(turns) - 1) break;
}
await store.close();
process.send(heard);
