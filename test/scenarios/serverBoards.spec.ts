import { afterAll, afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { openHoldfast } from '../../src/compose.ts';
import { replay } from '../../src/audit/replay.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import { asAnother, describeOnServers, freshBoard, type TestServer } from '../support/eventStoreDb/servers.ts';
import { scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

describeOnServers('boards on one EventStoreDB', (start) => {
  let server: TestServer;
  let boards: readonly Holdfast[];
  beforeEach(async () => {
    server = await start();
    const board = freshBoard();
    const open = (name: string) => openHoldfast({ store: asAnother(server.address, name), board, actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
    boards = await Promise.all(['one', 'two', 'three'].map(open));
    await first().board.change({ type: 'CreateBoard', board, policy: { clock_grace_ms: 0 } });
  });
  afterEach(async () => {
    await Promise.all(boards.map(({ close }) => close()));
    await server.close();
  });
  const first = () => boards[0] ?? none();
  const other = (n: number) => boards[n % boards.length] ?? none();
  const created = async (): Promise<string> => {
    const answer = await first().board.create({ title: 'a task' });
    return answer.ok ? answer.task_id : none();
  };

  it('give a claim to one of 64 claimers, and tell the others who it is', async () => {
    const task_id = await created();
    const claim = (n: number) => other(n).board.execute({ type: 'ClaimTask', task_id, worker: `worker-${n}` });
    const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => claim(n)));
    const winners = answers.flatMap(({ ok }, n) => (ok ? [`worker-${n}`] : []));
    expect(winners).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect(answer).toMatchObject({ code: 'AlreadyClaimed', holder: winners[0] });
    expect((await other(1).board.history(task_id)).map(({ type }) => type)).toEqual(['TaskCreated', 'TaskClaimed']);
  });

  it('go on with a chain in the process that works it, whether or not what promotes has come to it yet', async () => {
    const [host, alone] = [first(), other(1)];
    (await host.moves()).hosted(); // a promoter that never gets to its turn
    for (const held of [host, alone]) {
      const parent = await created();
      const child = await first().board.create({ title: 'waits', parents: [parent] });
      expect(child).toMatchObject({ ok: true, status: 'todo' });
      for (const task_id of [parent, child.ok ? child.task_id : '']) {
        expect(await held.board.claimNext({ worker: 'ada' })).toMatchObject({ ok: true, task_id, run: 1 });
        expect(await held.board.execute({ type: 'CompleteTask', task_id, run: 1, worker: 'ada' })).toMatchObject({ ok: true });
      }
      expect(await held.board.claimNext({ worker: 'ada' })).toMatchObject({ ok: false, code: 'NothingToClaim', waiting: {} });
    }
  });

  it('take a silent claim back once, refuse its late worker, and replay to what is so', async () => {
    const task_id = await created();
    const warnings: unknown[] = [];
    const log = { warn: (facts: object) => void warnings.push(facts), error: (facts: object) => void warnings.push(facts) };
    const watchdogs = await Promise.all(boards.map((held) => hostWatchdog(held, log)));
    const taken = sees(other(1), task_id, 'TaskReclaimed');
    await first().board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 5000 });
    await taken;
    const late = await first().board.execute({ type: 'CompleteTask', task_id, run: 1, worker: 'ada' });
    expect(late).toMatchObject({ ok: false, code: 'StaleRun' });
    expect(await other(2).board.execute({ type: 'ClaimTask', task_id, worker: 'bob' })).toMatchObject({ ok: true, run: 2 });
    await Promise.all(watchdogs.map((watchdog) => watchdog.close()));
    const history = await other(1).board.history(task_id);
    expect(history.map(({ type }) => type)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed', 'StaleCommandRefused', 'TaskClaimed']);
    expect(history[2]?.data).toMatchObject({ reason: 'lease_expired', evidence: { policy: { clock_grace_ms: { value: 0, source: 'board' } } } });
    expect(replayed(history)).toMatchObject({ status: 'running', run: { run: 2, worker: 'bob' } });
    expect(warnings).toEqual([]);
  });

  it('give a lapsed claim the 5 s that clocks may differ, and say where they come from', async () => {
    await first().board.change({ type: 'ChangePolicy', unset: ['clock_grace_ms'] });
    const task_id = await created();
    const watchdog = await hostWatchdog(first());
    const taken = sees(other(1), task_id, 'TaskReclaimed');
    await other(2).board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 5000 });
    await taken;
    await watchdog.close();
    const { evidence } = await reclaimOf(other(1), task_id);
    expect(evidence.policy).toMatchObject({ clock_grace_ms: { value: 5000, source: 'store' } });
    expect(Date.parse(evidence.judged_at) - Date.parse(evidence.claim_expires ?? '')).toBeGreaterThanOrEqual(5000);
  });
});

const sees = async ({ board }: Holdfast, taskId: string, type: string): Promise<void> => {
  for await (const { events } of board.follow({ after: 'now', signal: AbortSignal.timeout(120_000) }))
    if (events.some((event) => event.type === type && event.task_id === taskId)) return;
  throw new Error(`there was no ${type}`);
};

const replayed = (history: Parameters<typeof replay>[0]) => replay(history, { by: 'revision', revision: 1000n });

const reclaimOf = async ({ board }: Holdfast, taskId: string) => {
  const event = (await board.history(taskId)).find(({ type }) => type === 'TaskReclaimed');
  return event?.type === 'TaskReclaimed' ? event.data : none();
};

const none = (): never => {
  throw new Error('there is none');
};
