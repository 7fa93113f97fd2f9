import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { openHoldfast } from '../../src/compose.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

describe('boards on one EventStoreDB', () => {
  let server: EventStoreDbDouble;
  let boards: readonly Holdfast[];
  beforeEach(async () => {
    server = await eventStoreDbDouble();
    // Three addresses that differ in a name only have a client and a connection each, as three processes have.
    boards = await Promise.all(['one', 'two', 'three'].map((name) => holdfastAt(`${server.address}&connectionName=${name}`)));
  });
  afterEach(async () => {
    await Promise.all(boards.map(({ close }) => close()));
    await server.close();
  });

  const [first, second] = [() => boards[0] ?? none(), () => boards[1] ?? none()];
  const created = async (count: number): Promise<readonly string[]> => {
    const answers = await Promise.all(Array.from({ length: count }, (_, i) => first().board.create({ title: `task ${i}` })));
    return answers.map((answer) => (answer.ok ? answer.task_id : none()));
  };
  const eventsOf = async (taskId: string, type: string) => (await second().board.history(taskId)).filter((event) => event.type === type);

  const beat = (task_id: string, i: number) => (boards[i % 3] ?? none()).board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada' });

  it('give each claim exactly one winner, and the others his name', async () => {
    for (const task_id of await created(8)) {
      const answers = await Promise.all(boards.map(({ board }, i) => board.execute({ type: 'ClaimTask', task_id, worker: `worker-${i}` })));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      const winner = answers.findIndex(({ ok }) => ok);
      for (const answer of answers.filter(({ ok }) => !ok)) expect(answer).toMatchObject({ code: 'AlreadyClaimed', holder: `worker-${winner}` });
      expect(await eventsOf(task_id, 'TaskClaimed')).toHaveLength(1);
    }
  });

  it('share out a queue: no task is given twice, none is left', async () => {
    const tasks = await created(12);
    const taken: string[] = [];
    const take = async ({ board }: Holdfast, worker: string): Promise<void> => {
      const answer = await board.claimNext({ worker });
      if (!answer.ok) return;
      taken.push(answer.task_id);
      await take({ ...first(), board }, worker);
    };
    await Promise.all(boards.map((held, i) => take(held, `worker-${i}`)));
    expect(taken.toSorted()).toEqual([...tasks].toSorted());
  });

  it('lose and double no beat of 64 workers when the connections break in between', async () => {
    const tasks = await created(64);
    await Promise.all(tasks.map((task_id) => first().board.execute({ type: 'ClaimTask', task_id, worker: 'ada' })));
    for (const kind of ['connection_lost', 'connection_lost_before', 'answer_lost', 'busy'] as const) server.strike({ kind }, 'task-');
    const rounds = [0, 1, 2].map(async (round) => {
      for (const [i, task_id] of tasks.entries()) {
        if (i % 20 === 10 && round === 1) server.network.cut();
        expect(await beat(task_id, i + round)).toMatchObject({ ok: true });
      }
    });
    await Promise.all(rounds);
    for (const task_id of tasks) expect(await eventsOf(task_id, 'HeartbeatRecorded')).toHaveLength(3);
  });

  it('lose and double no beat of 64 workers while the server is away, and then frozen for longer than an append waits', async () => {
    const tasks = await created(64);
    await Promise.all(tasks.map((task_id) => first().board.execute({ type: 'ClaimTask', task_id, worker: 'ada' })));
    const over = new AbortController();
    const beats = tasks.map(() => 0);
    const work = async (task_id: string, i: number): Promise<void> => {
      while (!over.signal.aborted) {
        expect(await beat(task_id, i)).toMatchObject({ ok: true });
        beats[i] = (beats[i] ?? 0) + 1;
      }
    };
    const working = Promise.all(tasks.map(work));
    await server.network.down();
    await passed(1500);
    await server.network.up();
    await passed(1500);
    server.network.freeze();
    await passed(6500);
    const before = [...beats];
    server.network.thaw();
    while (beats.some((count, i) => count <= (before[i] ?? 0))) await Promise.race([passed(100), working]);
    over.abort();
    await working;
    for (const [i, task_id] of tasks.entries()) expect(await eventsOf(task_id, 'HeartbeatRecorded')).toHaveLength(beats[i] ?? -1);
  });

  it('take a lapsed claim back once, although each has a watchdog and the connections break', async () => {
    const [task_id = ''] = await created(1);
    const watchdogs = await Promise.all(boards.map((held) => hostWatchdog(held)));
    await first().board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 5000 });
    server.network.cut();
    for await (const { events } of second().board.follow({ after: 'now', signal: AbortSignal.timeout(120_000) }))
      if (events.some(({ type }) => type === 'TaskReclaimed')) break;
    await Promise.all(watchdogs.map((watchdog) => watchdog.close()));
    expect(await eventsOf(task_id, 'TaskReclaimed')).toMatchObject([{ data: { reason: 'lease_expired' } }]);
  });
});

it('an address of KurrentDB’s newer scheme is explained, without its password', async () => {
  const opening = openHoldfast({ store: 'kurrentdb://ana:secret@db:2113?tls=true', board: 'main', actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
  await expect(opening).rejects.toMatchObject({ name: 'StoreUnavailable', mend: 'the same server answers to esdb://…@db:2113?tls=true' });
});

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const none = (): never => {
  throw new Error('there is none');
};
