import { afterEach, describe, expect, it } from '@jest/globals';
import { hostWatchdog } from '../../src/hosting.ts';
import type { TaskLimits } from '../../src/domain/policy.ts';
import { openWorkshop, type Workshop } from '../worker/support/workshop.ts';

let shop: Workshop;
let end: () => Promise<void>;
afterEach(async () => {
  await end();
  await shop.close();
});

const STUBBORN = `trap '' TERM; while :; do sleep 0.2; done`;
const TALKING = `trap '' TERM; while :; do echo talking; sleep 0.2; done`;

type Limited = {
  readonly reason: string;
  readonly source: string;
  readonly board: TaskLimits;
  readonly task: TaskLimits;
  readonly script: string;
  readonly beats: boolean;
};

describe('a real child that is over a limit of time, and ignores SIGTERM', () => {
  it.each<Limited>([
    { reason: 'timed_out', source: 'task', board: {}, task: { max_runtime_ms: 3000 }, script: STUBBORN, beats: false },
    { reason: 'timed_out', source: 'board', board: { max_runtime_ms: 3000 }, task: {}, script: STUBBORN, beats: false },
    { reason: 'running_stale', source: 'board', board: { running_stale_ms: 5000 }, task: {}, script: STUBBORN, beats: false },
    { reason: 'no_progress', source: 'task', board: {}, task: { progress_timeout_ms: 2000 }, script: TALKING, beats: true },
  ])('$reason by the limit of the $source: is stopped with its group, and its task is ready again', async ({ reason, source, board, task, script, beats }) => {
    shop = await openWorkshop({ policy: { stop_grace_ms: 300, retry_backoff_ms: 0, ...board } });
    const watchdog = await hostWatchdog(shop.holdfast, { warn: () => undefined, error: () => undefined });
    end = () => watchdog.close();
    const created = await shop.board.create({ title: 'stubborn', limits: task });
    if (!created.ok) throw new Error(created.message);
    const claimed = await shop.board.execute({ type: 'ClaimTask', task_id: created.task_id, worker: 'ada', lease_ms: 6000 });
    if (!claimed.ok) throw new Error(claimed.message);
    expect(await shop.run(script, claimed)).toMatchObject({ ended: 'reclaimed', reason });
    const { data } = await shop.event(created.task_id, 'TaskReclaimed');
    expect(data).toMatchObject({ reason, stop: { confirmed: true, signals: [{ signal: 'SIGTERM' }, { signal: 'SIGKILL' }] } });
    expect(data.rule).toContain(`(${source})`);
    expect(await shop.board.load(created.task_id)).toMatchObject({ status: 'ready', runs: [{ end: reason }] });
    expect((await shop.types(created.task_id)).includes('HeartbeatRecorded')).toBe(beats);
  });
});
