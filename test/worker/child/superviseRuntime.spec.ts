import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop({ policy: { stop_grace_ms: 300 } });
});
afterEach(() => shop.close());

const limited = async (max_runtime_ms: number) => {
  const claimed = await shop.claim();
  await shop.board.execute({ type: 'EditTask', task_id: claimed.task_id, limits: { max_runtime_ms } });
  return claimed;
};

describe('a supervised child over its max_runtime', () => {
  it('is judged although nobody watches the board, stopped although it ignores SIGTERM, and counts as a failure', async () => {
    const claimed = await limited(3000);
    const ended = await shop.run('trap "" TERM; while :; do echo at it; sleep 0.1; done', claimed);
    expect(ended).toMatchObject({ ended: 'reclaimed', reason: 'timed_out', signal: 'SIGKILL' });
    const revoked = (await shop.event(claimed.task_id, 'RunRevoked')).data;
    expect(revoked).toMatchObject({
      reason: 'timed_out',
      rule: 'run longer than max_runtime 3s (task)',
      evidence: { judge: { kind: 'supervisor', id: 'ada' } },
    });
    const { data } = await shop.event(claimed.task_id, 'TaskReclaimed');
    expect(data).toMatchObject({ reason: 'timed_out', counts_as_failure: true, stop: { confirmed: true } });
    expect(data.stop?.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(await shop.board.load(claimed.task_id)).toMatchObject({ status: 'ready', failures: 1 });
  });

  it('is left alone by it when it ends before', async () => {
    const claimed = await limited(60_000);
    expect(await shop.run('echo fine', claimed)).toMatchObject({ ended: 'completed' });
    expect(await shop.types(claimed.task_id)).not.toContain('RunRevoked');
  });
});
