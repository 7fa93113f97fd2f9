import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

/** A thousand rounds on a disk that syncs slowly take their time. */
const RACE_PATIENCE_MS = 600_000;

const stores = { memory: () => ({ folder: 'memory:', remove: () => undefined }), sqlite: scratch };

describe.each(Object.entries(stores))('a board on the %s store', (_, place) => {
  let home: ReturnType<typeof place>;
  let held: Holdfast;
  beforeEach(async () => {
    home = place();
    held = await holdfastAt(home.folder);
  });
  afterEach(async () => {
    await held.close();
    home.remove();
  });

  const created = async (title = 'Pack', more: { readonly priority?: number } = {}): Promise<string> => {
    const answer = await held.board.create({ title, ...more });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };

  const nextClaimed = async () => {
    const answer = await held.board.claimNext({ worker: 'ada' });
    return answer.ok ? answer.task_id : answer;
  };

  it('takes a task from created through claimed and beaten to done', async () => {
    const task_id = await created();
    const claimed = await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    expect(claimed).toMatchObject({ ok: true, run: 1, worker: 'ada', lease_ms: 900_000, lease_source: 'default', beat_within_ms: 300_000 });
    expect(await held.board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada', note: '1/2' })).toMatchObject({
      ok: true,
      directive: 'continue',
    });
    expect(await held.board.execute({ type: 'CompleteTask', task_id, run: 1, worker: 'ada', summary: 'packed' })).toMatchObject({ ok: true, status: 'done' });
    const history = await held.board.history(task_id);
    expect(history.map(({ type, revision }) => [type, revision])).toEqual([
      ['TaskCreated', 0n],
      ['TaskClaimed', 1n],
      ['HeartbeatRecorded', 2n],
      ['TaskCompleted', 3n],
    ]);
    expect(history[1]?.metadata).toMatchObject({ board: 'main', actor: { kind: 'human', id: 'ana', surface: 'spec' } });
  });

  it('refuses a malformed command, naming the field, the value and what is allowed, and writes nothing', async () => {
    const task_id = await created();
    const answer = await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 10 });
    expect(answer).toMatchObject({ ok: false, code: 'InvalidInput', issues: [{ field: 'lease_ms', given: 10 }] });
    expect(await held.board.history(task_id)).toHaveLength(1);
  });

  it('gives a repeated command id the first answer and writes nothing', async () => {
    const task_id = await created();
    const claim = () => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' }, { command_id: 'c-1' });
    const first = await claim();
    await held.board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada' });
    expect(await claim()).toEqual(first);
    expect(await held.board.history(task_id)).toHaveLength(3);
  });

  it('calls another command under a used command id a conflict', async () => {
    const task_id = await created();
    await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' }, { command_id: 'c-1' });
    expect(await held.board.execute({ type: 'ClaimTask', task_id, worker: 'bob' }, { command_id: 'c-1' })).toMatchObject({
      ok: false,
      code: 'CommandConflict',
    });
  });

  it('gives one idempotency key one task for ever', async () => {
    const first = await held.board.create({ title: 'Nightly', idempotency_key: '2026-11-21' });
    expect(await held.board.create({ title: 'Nightly', idempotency_key: '2026-11-21' })).toEqual({ ...first, repeated: true });
    expect(await held.board.create({ title: 'Nightly', idempotency_key: '2026-11-22' })).not.toEqual(first);
  });

  it('claims the highest priority first, then the oldest, and says why when there is nothing', async () => {
    const [low, high, low2] = [await created('low'), await created('high', { priority: 5 }), await created('low 2')];
    const order = [await nextClaimed(), await nextClaimed(), await nextClaimed()];
    expect(order).toEqual([high, low, low2]);
    expect(await nextClaimed()).toMatchObject({ ok: false, code: 'NothingToClaim', why: 'waiting', waiting: { running: 3 } });
  });

  it('answers a repeated claimNext with the run that it claimed', async () => {
    await created('one');
    await created('two');
    const first = await held.board.claimNext({ worker: 'ada' }, { command_id: 'n-1' });
    expect(await held.board.claimNext({ worker: 'ada' }, { command_id: 'n-1' })).toEqual(first);
  });

  it('gives a waiting claim the task that is created meanwhile', async () => {
    const waiting = held.board.claimNext({ worker: 'ada', wait_ms: 30_000 });
    const task_id = await created();
    expect(await waiting).toMatchObject({ ok: true, task_id });
  });

  it('claims nothing on a paused board, and says so', async () => {
    await created();
    await held.board.change({ type: 'PauseBoard', reason: 'release' });
    expect(await held.board.claimNext({ worker: 'ada' })).toMatchObject({ code: 'NothingToClaim', why: 'paused' });
    await held.board.change({ type: 'ResumeBoard' });
    expect(await held.board.claimNext({ worker: 'ada' })).toMatchObject({ ok: true });
  });

  it(
    'lets exactly one of 64 claimers win, in each of many rounds',
    async () => {
      const rounds = Number(process.env['HOLDFAST_RACE_ROUNDS'] ?? 1000);
      for (let round = 0; round < rounds; round += 1) {
        const task_id = await created();
        const race = Array.from({ length: 64 }, (_unused, i) => held.board.execute({ type: 'ClaimTask', task_id, worker: `w${i}` }));
        const answers = await Promise.all(race);
        expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
        expect((await held.board.history(task_id)).filter(({ type }) => type === 'TaskClaimed')).toHaveLength(1);
      }
    },
    RACE_PATIENCE_MS,
  );
});
