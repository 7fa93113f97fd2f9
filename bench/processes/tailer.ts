import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { sharedNow, tell, whenTold } from '../support/children.ts';
import { sleep } from '../support/measure.ts';

/** V8 tidies up a process 8 s after it fell silent, for some ms. */
const SETTLED_MS = 10_000;

/** Follows the log: says how late (ms) each of `count` events came, then what the silence costs, as a share of a processor over `idleMs`. */
const [path = '', count = '0', idleMs = '0'] = process.argv.slice(2);

const store = await openSqliteEventStore({ path });
const ended = new AbortController();
const messages = store.subscribe({ after: await store.head(), signal: ended.signal })[Symbol.asyncIterator]();
await messages.next();

await whenTold(async () => {
  const late: number[] = [];
  while (late.length < Number(count)) {
    const next = await messages.next();
    if (next.done === true) break;
    const now = sharedNow();
    if (next.value.kind === 'events') for (const { data } of next.value.events) late.push(now - Number(data['sent']));
  }
  tell(late);
  const following = messages.next();
  await sleep(SETTLED_MS);
  const before = process.cpuUsage();
  await sleep(Number(idleMs));
  const idle = process.cpuUsage(before);
  ended.abort();
  await following;
  await store.close();
  return (idle.user + idle.system) / 1000 / Number(idleMs);
});
