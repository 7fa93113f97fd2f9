import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { sharedNow, tell, whenTold } from '../support/children.ts';

/** Follows the log: idles for `idleMs` and says what that cost, then says how late each of `count` events came. */
const [path = '', count = '0', idleMs = '0'] = process.argv.slice(2);

const store = await openSqliteEventStore({ path });
const ended = new AbortController();
const messages = store.subscribe({ after: await store.head(), signal: ended.signal })[Symbol.asyncIterator]();
await messages.next();
const following = messages.next();

await new Promise((resolve) => setTimeout(resolve, Number(idleMs)));
tell('settled');
const before = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, Number(idleMs)));
const idle = process.cpuUsage(before);

await whenTold(async () => {
  const late: number[] = [];
  for (let next = await following; next.done !== true; next = await messages.next()) {
    const now = sharedNow();
    if (next.value.kind === 'events') for (const { data } of next.value.events) late.push(now - Number(data['sent']));
    if (late.length >= Number(count)) break;
  }
  ended.abort();
  await store.close();
  return { late, idle: (idle.user + idle.system) / 1000 / Number(idleMs) };
});
