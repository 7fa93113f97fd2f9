import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Supervised } from '../../../src/worker/child/supervision.ts';
import { superviseQueue, type Queue } from '../../../src/worker/child/superviseQueue.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop({ policy: { stop_grace_ms: 300, retry_backoff_ms: 100 } });
});
afterEach(() => shop.close());

const create = async (title: string, more: { readonly labels?: string[]; readonly assignee?: string } = {}): Promise<string> => {
  const created = await shop.board.create({ title, ...more });
  if (!created.ok) throw new Error(created.message);
  return created.task_id;
};

const queue = (script: string, more: Partial<Queue> = {}) =>
  superviseQueue({
    child: { command: 'sh', args: ['-c', script, 'sh', '{title}'], cwd: process.cwd(), env: process.env, on_zero: 'complete' },
    claim: { worker: 'ada' },
    concurrency: 1,
    until_empty: true,
    ...more,
    deps: { ...shop.deps, board: shop.board, ...more.deps },
  });

describe('a queue of supervised commands', () => {
  it('works until nothing is ready, failures included, as many at a time as it may', async () => {
    const ids = [await create('a'), await create('b'), await create('fails')];
    const ended: Supervised['ended'][] = [];
    const end = await queue('[ "$1" != fails ]', { concurrency: 2, onEnd: (_, how) => ended.push(how.ended) });
    expect(end).toEqual({ why: 'empty', runs: 4 });
    expect(ended.toSorted()).toEqual(['completed', 'completed', 'failed', 'failed']);
    const states = await Promise.all(ids.map((id) => shop.board.load(id)));
    expect(states.map(({ status }) => status)).toEqual(['done', 'done', 'blocked']);
  });

  it('waits for a task that only cools down', async () => {
    await shop.board.change({ type: 'ChangePolicy', set: { rate_limit_cooldown_ms: 1000 } });
    const id = await create('limited');
    expect(await queue('[ "$HOLDFAST_RUN" = 2 ] || exit 75')).toEqual({ why: 'empty', runs: 2 });
    expect(await shop.board.load(id)).toMatchObject({ status: 'done', failures: 0 });
  });

  it('waits for a task that backs off after a failure', async () => {
    const id = await create('flaky');
    expect(await queue('[ "$HOLDFAST_RUN" = 2 ]')).toEqual({ why: 'empty', runs: 2 });
    expect(await shop.board.load(id)).toMatchObject({ status: 'done', runs: [{ end: 'failed' }, { end: 'completed' }] });
  });

  it('does not wait for tasks that are not for it', async () => {
    await create('other', { assignee: 'bob' });
    expect(await queue('exit 0')).toEqual({ why: 'empty', runs: 0 });
    const unlabelled = await create('unlabelled');
    expect(await queue('exit 0', { claim: { worker: 'ada', labels: ['pack'] } })).toEqual({ why: 'empty', runs: 0 });
    await shop.board.change({ type: 'ChangePolicy', set: { retry_backoff_ms: 3_600_000 } });
    await shop.board.execute({ type: 'ClaimTask', task_id: unlabelled, worker: 'bob' });
    await shop.board.execute({ type: 'FailRun', task_id: unlabelled, run: 1, worker: 'bob', error: 'exit 1' });
    expect(await queue('exit 0', { claim: { worker: 'ada', labels: ['pack'] } })).toEqual({ why: 'empty', runs: 0 });
  });

  it('ends on a paused board, but not before its own runs have', async () => {
    const first = await create('first');
    await create('second');
    const end = queue('sleep 1');
    await shop.event(first, 'WorkerStarted');
    await shop.board.change({ type: 'PauseBoard' });
    expect(await end).toEqual({ why: 'paused', runs: 1 });
    expect((await shop.board.load(first)).status).toBe('done');
  });

  it('waits for tasks to come when it is not told to end, and gives back what it holds on shutdown', async () => {
    const shutdown = new AbortController();
    const end = queue('exec sleep 60', { until_empty: false, deps: { ...shop.deps, board: shop.board, shutdown: shutdown.signal } });
    const id = await create('late');
    await shop.event(id, 'WorkerStarted');
    shutdown.abort();
    expect(await end).toEqual({ why: 'shutdown', runs: 1 });
    expect((await shop.event(id, 'ClaimReleased')).data.reason).toBe('shutdown');
  });

  it('stops the others and rejects when the store fails for good', async () => {
    const id = await create('a');
    const load: Workshop['board']['load'] = async (taskId) => {
      if ((await shop.types(taskId)).includes('WorkerStarted')) throw new Error('damaged');
      return shop.board.load(taskId);
    };
    await expect(queue('exit 0', { deps: { ...shop.deps, board: { ...shop.board, load } } })).rejects.toThrow('damaged');
    expect((await shop.board.load(id)).status).toBe('running');
  });
});
