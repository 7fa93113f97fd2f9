import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { holdfastAt } from '../support/holdfast.ts';

describe('a command id', () => {
  let held: Holdfast;
  beforeEach(async () => {
    held = await holdfastAt('memory:');
  });
  afterEach(() => held.close());

  const created = async (title = 'Pack'): Promise<string> => {
    const answer = await held.board.create({ title });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const claimed = async (): Promise<string> => {
    const task_id = await created();
    await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    return task_id;
  };
  const types = async (taskId: string) => (await held.board.history(taskId)).map(({ type }) => type);
  const again = { command_id: 'c-1' };
  const nextClaimed = () => held.board.claimNext({ worker: 'ada' }, again);
  const conflict = { ok: false, code: 'CommandConflict', command_id: 'c-1' };

  it('names one task for ever, also without an idempotency key', async () => {
    const first = await held.board.create({ title: 'Nightly' }, again);
    expect(await held.board.create({ title: 'Nightly' }, again)).toEqual(first);
    expect(await held.board.create({ title: 'Weekly' }, again)).toMatchObject(conflict);
    expect(await held.board.create({ title: 'Nightly' }, { command_id: 'c-2' })).not.toMatchObject(first);
  });

  it('stands for what was asked, in whatever order its fields were given', async () => {
    const task_id = await created();
    const first = await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', lease_ms: 60_000 }, again);
    expect(await held.board.execute({ lease_ms: 60_000, worker: 'ada', task_id, type: 'ClaimTask' }, again)).toEqual(first);
  });

  it('is the same command from a restarted program: which process asked is no part of it', async () => {
    const task_id = await created();
    const process = { host: 'build-3', boot_id: 'b-1', pid_namespace: '1', started_at: '1' };
    const first = await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', process: { ...process, pid: 7 } }, again);
    expect(await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', process: { ...process, pid: 8 } }, again)).toEqual(first);
  });

  it('given to two commands at once serves only one of them', async () => {
    const task_id = await claimed();
    const run = { task_id, run: 1, worker: 'ada' };
    const race = await Promise.all([
      held.board.execute({ type: 'CompleteTask', ...run, summary: 'packed' }, again),
      held.board.execute({ type: 'ReleaseClaim', ...run }, again),
    ]);
    expect(race).toMatchObject([{ ok: true, status: 'done' }, conflict]);
    expect(await types(task_id)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskCompleted']);
  });

  it('gives the first answer although the board was paused and its policy changed since', async () => {
    const task_id = await created();
    const claim = () => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' }, again);
    const first = await claim();
    await held.board.change({ type: 'ChangePolicy', set: { claim_ttl_ms: 60_000 } });
    await held.board.change({ type: 'PauseBoard' });
    expect(first).toMatchObject({ ok: true, lease_ms: 900_000 });
    expect(await claim()).toEqual(first);
  });

  it('gives the first answer of a command that led to several events, also when only the last of them is remembered', async () => {
    const task_id = await created();
    await held.board.change({ type: 'ChangePolicy', set: { failure_limit: 1 } });
    await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    const fail = () => held.board.execute({ type: 'FailRun', task_id, run: 1, worker: 'ada', error: 'exit 1' }, again);
    const first = await fail();
    for (let n = 0; n < 63; n += 1) await held.board.execute({ type: 'AddComment', task_id, text: `${n}` });
    expect(first).toMatchObject({ ok: true, gave_up: true });
    expect(await fail()).toEqual(first);
  });

  it('of a claim is known for as long as the task is, however often its holder beat', async () => {
    const task_id = await created();
    const first = await nextClaimed();
    for (let n = 0; n < 70; n += 1) await held.board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada' });
    expect(await nextClaimed()).toEqual(first);
    await held.board.execute({ type: 'ReleaseClaim', task_id, run: 1, worker: 'ada' });
    expect(await nextClaimed()).toEqual(first);
    expect((await types(task_id)).filter((type) => type === 'TaskClaimed')).toHaveLength(1);
  });

  it('asked twice at once for the next task gives one task', async () => {
    await created('one');
    await created('two');
    const [first, second] = await Promise.all([nextClaimed(), nextClaimed()]);
    expect(first).toMatchObject({ ok: true, run: 1 });
    expect(second).toEqual(first);
  });

  it('gives the first answer of an operator’s command, whose look at the processes has changed since', async () => {
    const task_id = await created();
    const self = (await held.processes()).probe.self();
    if (self === null) return; // only where processes can be told apart
    const { pid, started_at, ...host } = self;
    await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    const gone = { pid: 2 ** 22 + 1, started_at: '1' };
    await held.board.execute({ type: 'RecordWorkerStarted', task_id, run: 1, worker: 'ada', ...host, supervisor: gone, child: { ...gone, pgid: gone.pid } });
    const reclaim = (probe = {}) => held.board.execute({ type: 'ReclaimTask', task_id, ...probe }, again);
    const first = await reclaim();
    expect(first).toMatchObject({ ok: true, verdict: 'reclaimed', status: 'ready' });
    expect(await reclaim({ probe: (await held.processes()).probe.look({ process: { ...host, pid, started_at }, started: null }) })).toEqual(first);
  });

  it('of a change of the board gives the first answer and writes nothing; another body under it is a conflict', async () => {
    const first = await held.board.change({ type: 'PauseBoard', reason: 'release' }, again);
    await held.board.change({ type: 'ResumeBoard' });
    expect(await held.board.change({ type: 'PauseBoard', reason: 'release' }, again)).toEqual(first);
    expect(await held.board.change({ type: 'PauseBoard', reason: 'dinner' }, again)).toMatchObject(conflict);
    expect((await held.board.state()).paused).toBeNull();
    expect(await held.store.readStream('board-main')).toHaveLength(3);
  });
});

describe('a command that makes no sense', () => {
  let held: Holdfast;
  beforeEach(async () => {
    held = await holdfastAt('memory:');
  });
  afterEach(() => held.close());

  /** As a caller without types would say it. */
  const execute = (input: object): Promise<unknown> => Reflect.apply(held.board.execute, undefined, [input]);

  it('of a type that there is not is refused as invalid input', async () => {
    for (const type of ['ClaimTsk', 'constructor', '__proto__']) {
      expect(await execute({ type, task_id: 't_7K3M9QX2VD' })).toMatchObject({ ok: false, code: 'InvalidInput', issues: [{ field: 'type', given: type }] });
    }
  });

  it('with a field that there is not is refused, naming it', async () => {
    const answer = await execute({ type: 'ClaimTask', task_id: 't_7K3M9QX2VD', worker: 'ada', lease: '3m' });
    expect(answer).toMatchObject({ ok: false, code: 'InvalidInput', message: expect.stringContaining('lease') });
  });
});
