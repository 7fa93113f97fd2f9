import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { z } from 'zod';
import { EventStoreDBClient, jsonEvent, START as FIRST, streamNameFilter } from '@eventstore/db-client';
import { type Holdfast, openHoldfast } from '../src/compose.ts';
import { openEventStoreDbStore } from '../src/eventstore/eventstoredb/eventStoreDbStore.ts';
import { START } from '../src/eventstore/port.ts';
import { proxyTo } from '../test/support/eventStoreDb/proxy.ts';
import type { Benchmark, Finding } from './support/benchmark.ts';
import { beaten, workerOf } from './support/boardEvents.ts';
import { type Child, start } from './support/children.ts';
import { rateOfCallers, sideBySide, sleep, thousands } from './support/measure.ts';

const CALLERS = 64;
const LEASE_MS = 900_000;
const MIB = 2 ** 20;

/** The board on an EventStoreDB, against the bare client on the same server: that of HOLDFAST_TEST_ESDB_URL, else the protocol double. */
export const eventStoreDb: Benchmark = {
  name: 'eventStoreDb',
  targets: [
    { id: 'esdb beats', what: '64 callers through the board / the bare client on the same append path', unit: 'x', at_least: 0.8 },
    { id: 'esdb replay', what: 'the log through the store / a bare subscription', unit: 'x', at_least: 0.8 },
    { id: 'esdb heap', what: 'heap growth over 1,000 forced reconnects', unit: 'MiB', at_most: 20 },
    { id: 'esdb close', what: 'from the call of close() to the end of the process', unit: 'ms', at_most: 2000 },
  ],
  run: async ({ quick, rounds }) => {
    const given = process.env['HOLDFAST_TEST_ESDB_URL'] ?? '';
    const double = given === '' ? await start('eventStoreDb', []) : undefined;
    double?.go();
    const address = double === undefined ? given : z.string().parse(await double.said());
    const server = double === undefined ? 'a real server' : 'the double';
    const found = [
      await beats(address, quick ? 300 : 2000, rounds),
      await replays(address, quick ? 2_000 : 20_000, rounds),
      await reconnects(address, quick ? 50 : 1000),
      await closing(address),
    ];
    await double?.kill();
    return found.map((finding): Finding => ({ ...finding, note: `${finding.note ?? ''} on ${server}` }));
  },
};

/** The classic path, as the adapter takes it. */
const bareClient = (address: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(address);
  Object.defineProperty(client, 'supports', { value: async () => false });
  return client;
};

const opened = async (store: string): Promise<Holdfast> => {
  const board = `bench-${randomUUID().slice(0, 8)}`;
  const held = await openHoldfast({ store, board, actor: { kind: 'agent', id: 'bench' }, surface: 'library' });
  await held.board.change({ type: 'CreateBoard', board });
  return held;
};

const beats = async (address: string, ms: number, rounds: number): Promise<Finding> => {
  const held = await opened(address);
  const tasks = await Promise.all(Array.from({ length: CALLERS }, (_, n) => claimedTask(held, n)));
  const client = bareClient(address);
  const run = randomUUID();
  const heads = new Map<number, bigint>();
  const rates = await sideBySide(rounds, {
    board: () =>
      rateOfCallers(CALLERS, ms, async (n) => {
        const answer = await held.board.execute({
          type: 'RecordHeartbeat',
          task_id: tasks[n] ?? '',
          run: 1,
          worker: workerOf(n),
          note: 'packing',
          percent: 10,
        });
        if (!answer.ok) throw new Error(answer.message);
      }),
    bare: () =>
      rateOfCallers(CALLERS, ms, async (n) => {
        const event = jsonEvent(beaten(n, Date.now(), LEASE_MS));
        const { nextExpectedRevision } = await client.appendToStream(`bare-${run}${n}`, event, { expectedRevision: heads.get(n) ?? 'no_stream' });
        heads.set(n, nextExpectedRevision);
      }),
  });
  await client.dispose();
  await held.close();
  return {
    id: 'esdb beats',
    value: rates.ratio('board', 'bare'),
    note: `${thousands(rates.median('board'))} / ${thousands(rates.median('bare'))} a second`,
  };
};

const claimedTask = async ({ board }: Holdfast, n: number): Promise<string> => {
  const made = await board.create({ title: `task ${n}` });
  if (!made.ok) throw new Error(made.message);
  const claimed = await board.execute({ type: 'ClaimTask', task_id: made.task_id, worker: workerOf(n), lease_ms: LEASE_MS });
  if (!claimed.ok) throw new Error(claimed.message);
  return made.task_id;
};

const replays = async (address: string, events: number, rounds: number): Promise<Finding> => {
  const store = await openEventStoreDbStore({ address });
  const prefix = `replayed${randomUUID().slice(0, 8)}`;
  const AT_ONCE = 100;
  for (let n = 0; n < events; n += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, i) => beaten(n + i, Date.now(), LEASE_MS));
    await store.append(`${prefix}-${n}`, batch, 'no_stream');
  }
  const client = bareClient(address);
  const rates = await sideBySide(rounds, {
    store: () =>
      perSecond(events, async () => {
        let count = 0;
        for await (const message of store.subscribe({ after: START, prefixes: [prefix] })) {
          if (message.kind === 'caught_up') break;
          count += message.events.length;
        }
        return count;
      }),
    bare: () => perSecond(events, () => bareReplay(client, prefix)),
  });
  await client.dispose();
  await store.close();
  return {
    id: 'esdb replay',
    value: rates.ratio('store', 'bare'),
    note: `${thousands(rates.median('store'))} / ${thousands(rates.median('bare'))} events a second`,
  };
};

const bareReplay = async (client: EventStoreDBClient, prefix: string): Promise<number> => {
  const filter = streamNameFilter({ prefixes: [prefix], maxSearchWindow: 500, checkpointInterval: 4, checkpointReached: () => undefined });
  const subscription = client.subscribeToAll({ fromPosition: FIRST, filter });
  let count = 0;
  const live = once(subscription, 'caughtUp');
  subscription.on('data', () => (count += 1));
  await live;
  while (subscription.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  await subscription.unsubscribe();
  return count;
};

const perSecond = async (expected: number, work: () => Promise<number>): Promise<number> => {
  const started = performance.now();
  const count = await work();
  if (count !== expected) throw new Error(`${count} of ${expected} events came`);
  return (expected * 1000) / (performance.now() - started);
};

/** One subscription, whose connection is cut as soon as it is live again. */
const reconnects = async (address: string, times: number): Promise<Finding> => {
  const network = await proxyTo(Number(/:(\d+)/.exec(address.replace(/^[^/]*\/\//, ''))?.[1] ?? 2113));
  const store = await openEventStoreDbStore({
    address: `esdb://127.0.0.1:${network.port}?tls=false&connectionName=cut`,
    timings: { resubscribeMs: [1, 2], retryMs: [1, 2] },
  });
  const over = new AbortController();
  const seen = { live: 0 };
  const following = (async () => {
    for await (const { kind } of store.subscribe({ after: START, prefixes: ['none-'], signal: over.signal })) if (kind === 'caught_up') seen.live += 1;
  })();
  const cut = async () => {
    const before = seen.live;
    // A cut between two subscriptions goes unnoticed: then once more.
    for (let waited = 0; seen.live === before; waited += 1) {
      if (waited % 1000 === 0) network.cut();
      await sleep(1);
    }
  };
  while (seen.live === 0) await sleep(1);
  // What is loaded and compiled once is not growth.
  for (let n = 0; n < 50; n += 1) await cut();
  const before = heap();
  for (let n = 0; n < times; n += 1) await cut();
  const grown = heap() - before;
  over.abort();
  await following;
  await store.close();
  await network.close();
  return { id: 'esdb heap', value: grown / MIB, note: `${times} reconnects` };
};

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const closing = async (address: string): Promise<Finding> => {
  const child: Child = await start('closer', [address, `bench-${randomUUID().slice(0, 8)}`]);
  child.go();
  await child.said();
  const called = performance.now();
  await child.said();
  const closed = performance.now();
  await child.ended();
  return { id: 'esdb close', value: performance.now() - called, note: `close() resolved after ${Math.round(closed - called)} ms` };
};
