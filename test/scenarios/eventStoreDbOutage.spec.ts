import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder;
afterAll(cache.remove);
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await passed(10);
};

describe('64 workers on EventStoreDB', () => {
  let server: EventStoreDbDouble;
  let opened: Holdfast;
  /** Keepalive is 10 s + 10 s in production; the client warns of less. */
  const quick = '&keepAliveInterval=500&keepAliveTimeout=500';
  beforeEach(async () => {
    server = await eventStoreDbDouble();
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    opened = await holdfastAt(`${server.address}${quick}`);
    warn.mockRestore();
  });
  afterEach(async () => {
    await opened.close();
    await server.close();
  });

  /** Claims 64 tasks, and beats for each every `everyMs` until the end, which gives what was acknowledged. */
  const workers = async (lease_ms: number, everyMs: number) => {
    const created = await Promise.all(Array.from({ length: 64 }, (_, i) => opened.board.create({ title: `task ${i}` })));
    const tasks = created.map((answer) => (answer.ok ? answer.task_id : ''));
    for (const task_id of tasks) await opened.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms });
    const over = new AbortController();
    const acknowledged: { readonly task_id: string; readonly command_id: string }[] = [];
    const work = async (task_id: string) => {
      for (let i = 0; !over.signal.aborted; i += 1) {
        const command_id = `${task_id}-${i}`;
        expect(await opened.board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada' }, { command_id })).toMatchObject({ ok: true });
        acknowledged.push({ task_id, command_id });
        await passed(everyMs);
      }
    };
    const working = tasks.map(work);
    const end = async () => {
      over.abort();
      await Promise.all(working);
      return acknowledged;
    };
    return { tasks, acknowledged, end };
  };

  const idsOf = (task_id: string) => server.log.all.filter(({ stream }) => stream === `task-${task_id}`).map(({ id }) => id);

  it('lose no acknowledged beat and double none when the server is killed in the middle and comes back', async () => {
    const { tasks, acknowledged, end } = await workers(60_000, 20);
    await until(() => acknowledged.length > 200);
    for (let i = 0; i < 8; i += 1) server.strike({ kind: 'answer_lost' }, 'task-'); // stored in the moment of death
    await passed(50);
    await server.network.down();
    const before = acknowledged.length;
    await passed(1500);
    await server.network.up();
    await until(() => acknowledged.length > before + 200);
    await end();
    const stored = new Map(tasks.map((task_id) => [task_id, idsOf(task_id)]));
    for (const ids of stored.values()) expect(new Set(ids).size).toBe(ids.length);
    for (const { task_id, command_id } of acknowledged) expect(stored.get(task_id)).toContain(opened.ids.event(`task-${task_id}`, command_id, 0));
    const beats = server.log.all.filter(({ metadata }) => metadata['type'] === 'HeartbeatRecorded');
    expect(beats).toHaveLength(acknowledged.length);
  });

  it('keep their tasks when the server stands still for longer than their leases: noticed, not judged, resumed', async () => {
    const watchdog = await hostWatchdog(opened);
    await until(() => opened.store.ready?.() === true);
    const { tasks, acknowledged, end } = await workers(5_000, 1_500);
    server.network.freeze();
    await until(() => opened.store.ready?.() === false);
    await passed(8_000);
    const before = acknowledged.length;
    server.network.thaw();
    await until(() => opened.store.ready?.() === true && acknowledged.length >= before + 64);
    await passed(4_000);
    await end();
    await watchdog.close();
    expect(server.log.all.filter(({ metadata }) => ['TaskReclaimed', 'RunRevoked'].includes(metadata['type'] ?? ''))).toEqual([]);
    for (const task_id of tasks) expect(new Set(idsOf(task_id)).size).toBe(idsOf(task_id).length);
  });
});
