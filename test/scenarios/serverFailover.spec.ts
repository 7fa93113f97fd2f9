import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';
import { serverLog } from '../support/eventStoreDb/log.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);
jest.setTimeout(180_000);

const WORKERS = 16;
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('a board on a cluster whose leader dies', () => {
  const log = serverLog();
  let nodes: readonly EventStoreDbDouble[];
  let leading = 0;
  let held: Holdfast;
  const portOf = (n: number) => nodes[n]?.network.port ?? 0;
  beforeEach(async () => {
    const options = { log, leader: () => portOf(leading) };
    nodes = await Promise.all([eventStoreDbDouble(options), eventStoreDbDouble(options)]);
    held = await holdfastAt(`esdb://127.0.0.1:${portOf(0)},127.0.0.1:${portOf(1)}?tls=false`);
  });
  afterEach(async () => {
    await held.close();
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('goes on with the next one: no acknowledged beat is lost, none is stored twice, no claim is taken back', async () => {
    const { board, store } = held;
    const watchdog = await hostWatchdog(held);
    const made = await Promise.all(Array.from({ length: WORKERS }, () => board.create({ title: 'a task' })));
    const tasks = made.map((answer) => (answer.ok ? answer.task_id : ''));
    const over = new AbortController();
    const beats = { count: 0 };
    const work = async (task_id: string) => {
      expect(await board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 30_000 })).toMatchObject({ ok: true });
      for (let note = 0; ; note += 1) {
        if (over.signal.aborted) return note;
        expect(await board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada', note: String(note) })).toMatchObject({ ok: true });
        beats.count += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const working = tasks.map(work);
    await until(() => beats.count > 200);
    nodes[0]?.strike({ kind: 'answer_lost' }, 'task-'); // stored in the moment of death
    await nodes[0]?.network.down();
    leading = 1;
    const before = beats.count;
    await until(() => beats.count > before + 200 && store.ready?.() === true);
    await nodes[0]?.network.up(); // it is back, and follows
    const after = beats.count;
    await until(() => beats.count > after + 100);
    over.abort();
    for (const [i, count] of (await Promise.all(working)).entries()) {
      const history = await board.history(tasks[i] ?? '');
      const notes = history.flatMap((event) => (event.type === 'HeartbeatRecorded' ? [event.data.note] : []));
      expect(notes).toEqual(Array.from({ length: count }, (_, n) => String(n)));
      expect(history.map(({ type }) => type)).not.toContain('TaskReclaimed');
    }
    await watchdog.close();
  });
});
