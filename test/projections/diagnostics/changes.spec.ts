import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diagnosticChanges, type DiagnosticBatch } from '../../../src/projections/diagnostics/diagnosticChanges.ts';
import type { Severity } from '../../../src/projections/diagnostics/diagnostic.ts';
import { beat, claimed, completed, created, failed, second, taskId, told } from '../../support/taskLog.ts';
import { virtualClock, type VirtualClock } from '../../support/virtualClock.ts';
import { blocked, HOUR, MINUTE, toldBoard, unblocked } from './support.ts';

let board: Awaited<ReturnType<typeof toldBoard>>;
let clock: VirtualClock;
let stop: AbortController;
beforeEach(async () => {
  board = await toldBoard();
  clock = virtualClock(Date.parse(second(0)));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await board.close();
});

type Line = readonly [change: string, kind: string, severity: string, task: string];

/** Everything a subscriber is told, as short lines; nothing is lost between two looks. */
const subscribed = (more: { readonly severity?: Severity; readonly task_id?: string } = {}) => {
  const { readModel } = board;
  const batches: DiagnosticBatch[] = [];
  const pump = async (): Promise<void> => {
    for await (const batch of diagnosticChanges({ readModel, clock, board: 'main', store_policy: {}, signal: stop.signal, ...more })) batches.push(batch);
  };
  const done = pump();
  const lines = (): readonly Line[] =>
    batches.flatMap(({ changes }) => changes.map(({ change, diagnostic: { kind, severity, task_id } }) => [change, kind, severity, task_id] as const));
  return { batches, done, lines, live: () => clock.until(() => batches.some(({ caught_up }) => caught_up)) };
};
/** Lets no time pass. */
const upTo = async (lines: () => readonly Line[], count: number): Promise<void> => {
  while (lines().length < count) await clock.settle();
};

describe('the changes of diagnostics', () => {
  it('begin with what there is, then tell what is raised, changed and cleared, once per batch', async () => {
    await board.tell(1, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada'), claimed(3, 2, 'ada'), failed(4, 2, 'ada'));
    const { lines, live } = subscribed();
    await live();
    expect(lines()).toEqual([['raised', 'repeated_failures', 'error', taskId(1)]]);
    await board.tell(2, created(0), ...[1, 2, 3].flatMap((n) => [blocked(n, null, 'no token'), unblocked(n)]));
    await upTo(lines, 2);
    expect(lines().at(-1)).toEqual(['raised', 'block_unblock_cycling', 'warning', taskId(2)]);
    await board.tell(2, blocked(4, null, 'no token'), unblocked(4));
    await board.tell(1, claimed(5, 3, 'ada'), completed(6, 3, 'ada'));
    await upTo(lines, 4);
    expect(lines().slice(2)).toEqual([
      ['changed', 'block_unblock_cycling', 'warning', taskId(2)],
      ['cleared', 'repeated_failures', 'error', taskId(1)],
    ]);
  });

  it('tell what time alone raises, makes worse and ends, with no event in between', async () => {
    await board.tell(1, created(0, { assignee: 'bob' }));
    await board.tell(2, created(0), ...[1, 2, 3].flatMap((n) => [blocked(n, null, 'no token'), unblocked(n)]));
    const { lines, live } = subscribed();
    await live();
    await clock.advance(4 * HOUR * 1000);
    expect(lines().filter(([, kind]) => kind === 'stranded_in_ready')).toEqual([
      ['raised', 'stranded_in_ready', 'warning', taskId(1)],
      ['changed', 'stranded_in_ready', 'error', taskId(1)],
      ['changed', 'stranded_in_ready', 'critical', taskId(1)],
    ]);
    await clock.advance(24 * HOUR * 1000);
    expect(lines().at(-1)).toEqual(['cleared', 'block_unblock_cycling', 'warning', taskId(2)]);
  });

  it('find a run that only beats, and let it go when it moves on', async () => {
    const { lines, live } = subscribed();
    await live();
    const lease = { claim_expires: second(9 * HOUR) };
    await board.tell(1, created(0), claimed(0, 1, 'ada', lease));
    for (const minute of [10, 50]) {
      await clock.advance(minute * MINUTE * 1000 - (clock.now() - Date.parse(second(0))));
      await board.tell(1, beat(minute * MINUTE, 1, 'ada', lease));
    }
    await clock.advance(15 * MINUTE * 1000);
    expect(lines()).toEqual([['raised', 'not_progressing', 'warning', taskId(1)]]);
    await board.tell(1, beat(65 * MINUTE, 1, 'ada', { ...lease, percent: 10 }));
    await upTo(lines, 2);
    expect(lines().at(-1)).toEqual(['cleared', 'not_progressing', 'warning', taskId(1)]);
  });

  it('follow the policy, and the tasks that come to be', async () => {
    await board.tell(1, created(0), told('TaskCompleted', 1, { run: null, worker: null, summary: `see ${taskId(2)}`, result: null, artifacts: [] }));
    await board.tell(3, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada'));
    const { lines, live } = subscribed();
    await live();
    expect(lines()).toEqual([['raised', 'phantom_mentions', 'warning', taskId(1)]]);
    await board.tell(2, created(2));
    await upTo(lines, 2);
    await board.tellBoard(told('PolicyChanged', 3, { set: { diagnose_failures: 1 }, unset: [] }));
    await upTo(lines, 3);
    expect(lines().slice(1)).toEqual([
      ['cleared', 'phantom_mentions', 'warning', taskId(1)],
      ['raised', 'repeated_failures', 'error', taskId(3)],
    ]);
  });

  it('are raised when they become so severe as was asked for, of the task that was asked for', async () => {
    await board.tell(1, created(0, { assignee: 'bob' }));
    await board.tell(2, created(0, { assignee: 'bob' }));
    const { lines, live } = subscribed({ severity: 'error', task_id: taskId(2) });
    await live();
    await clock.advance(40 * MINUTE * 1000);
    expect(lines()).toEqual([]);
    await clock.advance(40 * MINUTE * 1000);
    expect(lines()).toEqual([['raised', 'stranded_in_ready', 'error', taskId(2)]]);
  });

  it('end with the signal, and with the store', async () => {
    const one = subscribed();
    await one.live();
    stop.abort();
    await one.done;
    stop = new AbortController();
    const other = subscribed();
    await other.live();
    await board.store.close();
    await other.done;
  });
});
