import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cancelled } from '../../src/worker/abortReasons.ts';
import { InvalidValue } from '../../src/worker/schema.ts';
import { keepBeating } from '../../src/worker/beats.ts';
import { openClaim } from '../../src/worker/openClaim.ts';
import { Refused } from '../../src/worker/refused.ts';
import { virtualClock } from '../support/virtualClock.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.close());

describe('a claim handle', () => {
  it('holds what was claimed and carries its run in every verb', async () => {
    const { handle } = await openClaim({ ...shop, claimed: await shop.claim({ title: 'pack', input: { file: 'a' } }) });
    expect(handle).toMatchObject({ run: 1, worker: 'ada', task: { title: 'pack', input: { file: 'a' } }, previous: [], signal: { aborted: false } });
    expect(await handle.heartbeat({ note: 'at it' })).toMatchObject({ ok: true, directive: 'continue' });
    expect(await handle.progress({ percent: 20, checkpoint: { done: 1 } })).toMatchObject({ ok: true });
    expect(await handle.complete({ summary: 'ok', artifacts: ['a.gz'] })).toMatchObject({ ok: true, status: 'done' });
    const beats = (await shop.board.history(handle.task_id)).filter(({ type }) => type === 'HeartbeatRecorded');
    expect(beats.map(({ data }) => data)).toMatchObject([
      { run: 1, source: 'worker', note: 'at it' },
      { run: 1, source: 'worker', percent: 20, checkpoint: { done: 1 } },
    ]);
  });

  it('throws Refused with the answer when the board says no, and its signal is aborted', async () => {
    const { handle } = await openClaim({ ...shop, claimed: await shop.claim() });
    await shop.cancel(handle.task_id);
    const refused: unknown = await handle.heartbeat().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ answer: { code: 'StaleRun', reason: 'cancelled' } });
    expect(handle.signal.reason).toBeInstanceOf(Cancelled);
  });

  it('says how long a rate limit wants it to wait', async () => {
    const { handle } = await openClaim({ ...shop, claimed: await shop.claim() });
    await expect(handle.fail({ error: '429', retry_after: '10 minutes' })).rejects.toThrow('retry_after: "10 minutes" is not a duration');
    await handle.fail({ error: '429', retry_after: '10m' });
    expect((await shop.event(handle.task_id, 'RunFailed')).data).toMatchObject({ outcome: 'rate_limited', counts_as_failure: false, retry_after_ms: 600_000 });
  });

  it('is aborted from the start when the run was over before it was watched', async () => {
    const claimed = await shop.claim();
    await shop.cancel(claimed.task_id);
    const { handle } = await openClaim({ ...shop, claimed });
    expect(handle.signal.reason).toBeInstanceOf(Cancelled);
  });

  it('throws InvalidValue for a checkpoint that is no JSON or too large; nothing is sent', async () => {
    const { handle } = await openClaim({ ...shop, claimed: await shop.claim() });
    await expect(handle.progress({ checkpoint: { big: 1n } })).rejects.toThrow(InvalidValue);
    await expect(handle.progress({ checkpoint: 'x'.repeat(17_000) })).rejects.toThrow('a checkpoint may be at most 16 KiB as JSON');
    expect(await shop.types(handle.task_id)).toEqual(['TaskCreated', 'TaskClaimed']);
  });
});

describe('the beats of a worker', () => {
  it('come every third of the lease, counted from the last beat that the board took, progress included', async () => {
    const clock = virtualClock();
    const own = await openWorkshop({ clock });
    const claim = await openClaim({ ...own, claimed: await own.claim({}, 9000) });
    const stop = new AbortController();
    const beating = keepBeating(claim, clock, stop.signal);
    await clock.advance(3000);
    await clock.advance(2000);
    await claim.handle.progress({ percent: 50 });
    await clock.advance(6000);
    stop.abort();
    await beating;
    const events = await own.board.history(claim.handle.task_id);
    const began = Date.parse(events[1]?.data.at ?? '');
    expect(events.slice(2).map(({ data }) => Date.parse(data.at) - began)).toEqual([3000, 5000, 8000, 11_000]);
    await own.close();
  });
});
