import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimNext } from '../../src/board/board.ts';
import type { Holdfast } from '../../src/compose.ts';
import { holdfastAt } from '../support/holdfast.ts';

let held: Holdfast;
beforeEach(async () => {
  held = await holdfastAt('memory:');
});
afterEach(() => held.close());

const created = async (title = 'a task'): Promise<string> => {
  const answer = await held.board.create({ title });
  if (!answer.ok) throw new Error(answer.message);
  return answer.task_id;
};
const next = (wanted: Partial<ClaimNext> = {}) => held.board.claimNext({ worker: 'ada', ...wanted });
const done = async (claim: Awaited<ReturnType<typeof next>>) => {
  if (!claim.ok) throw new Error(claim.message);
  const { task_id, run, worker } = claim;
  return held.board.execute({ type: 'CompleteTask', task_id, run, worker });
};
const types = async (task_id: string) => (await held.board.history(task_id)).map(({ type }) => type);

describe('claiming under a cap', () => {
  it('takes what is under it, and of the next says how many are open, under which cap, and writes nothing', async () => {
    await held.board.change({ type: 'ChangePolicy', set: { max_running: 2 } });
    const tasks = [await created(), await created(), await created()];
    const [first, second] = [await next(), await next()];
    expect([first, second]).toMatchObject([{ ok: true, caps: { max_running: { value: 2, source: 'board' } } }, { ok: true }]);
    const facts = { limit: 'max_running', cap: 2, source: 'board', open: 2, assignee: null };
    expect(await next()).toMatchObject({
      code: 'NothingToClaim',
      why: 'capped',
      message: 'nothing to claim: 2 running on board main, the cap is 2 (max_running, board)',
      waiting_for: [{ kind: 'cap', ...facts }],
    });
    expect(await held.board.execute({ type: 'ClaimTask', task_id: tasks[2] ?? '', worker: 'ada' })).toMatchObject({ ok: false, code: 'AtCap', ...facts });
    expect(await types(tasks[2] ?? '')).toEqual(['TaskCreated']);
    await done(first);
    expect(await next()).toMatchObject({ ok: true, task_id: tasks[2] });
  });

  it('waits, where it may, until a run has ended', async () => {
    const tasks = [await created(), await created()];
    const first = await next({ cap: 1 });
    const waiting = next({ cap: 1, worker: 'bob', wait_ms: 60_000 });
    await done(first);
    expect(await waiting).toMatchObject({ ok: true, task_id: tasks[1], worker: 'bob' });
  });

  it('counts the runs in one name apart: the assignee claimed for, else the worker', async () => {
    await held.board.change({ type: 'ChangePolicy', set: { max_running_per_assignee: 1 } });
    for (let n = 0; n < 4; n += 1) await created();
    expect(await next()).toMatchObject({ ok: true });
    expect(await next()).toMatchObject({ why: 'capped', waiting_for: [{ limit: 'max_running_per_assignee', assignee: 'ada', open: 1, cap: 1 }] });
    expect(await next({ worker: 'bob' })).toMatchObject({ ok: true });
    expect(await next({ assignee: 'packer' })).toMatchObject({ ok: true });
    expect(await next({ worker: 'bob', assignee: 'packer' })).toMatchObject({ why: 'capped', waiting_for: [{ assignee: 'packer' }] });
  });

  it('may ask for less than the board allows, never for more', async () => {
    await held.board.change({ type: 'ChangePolicy', set: { max_running: 2 } });
    for (let n = 0; n < 3; n += 1) await created();
    await next({ cap: 9 });
    expect(await next({ cap: 1 })).toMatchObject({ why: 'capped', waiting_for: [{ cap: 1, source: 'call' }] });
    expect(await next({ cap: 9 })).toMatchObject({ ok: true });
    expect(await next({ cap: 9 })).toMatchObject({ why: 'capped', waiting_for: [{ cap: 2, source: 'board' }] });
  });

  it('is off at 0, and as before where nothing is set', async () => {
    await held.board.change({ type: 'ChangePolicy', set: { max_running: 1 } });
    await created();
    await created();
    await next();
    await held.board.change({ type: 'ChangePolicy', set: { max_running: 0 } });
    expect(await next()).not.toHaveProperty('caps');
  });

  it.each([0, -1, 1.5, 100_001])('of %s is refused, with the value and the range', async (cap) => {
    await created();
    expect(await next({ cap })).toMatchObject({
      code: 'InvalidInput',
      issues: [{ field: 'cap', given: cap, problem: 'a cap takes a whole number from 1 to 100000' }],
    });
    expect(await held.board.change({ type: 'ChangePolicy', set: { max_running: cap === 0 ? -2 : cap } })).toMatchObject({ code: 'InvalidInput' });
  });

  it('first says what is wrong with the task itself', async () => {
    const [one, two] = [await created(), await created()];
    await next({ cap: 1 });
    await held.board.execute({ type: 'ArchiveTask', task_id: two });
    const claim = (task_id: string) => held.board.execute({ type: 'ClaimTask', task_id, worker: 'bob', cap: 1 });
    expect([await claim(one), await claim(two)]).toMatchObject([{ code: 'AlreadyClaimed' }, { code: 'NotClaimable' }]);
  });
});

/** Claims by `claim`, while another claim lands between its look at the cap and its own append. */
const overtaken = async (claim: () => ReturnType<typeof next>) => {
  const append = held.store.append.bind(held.store);
  const other = await created('the other');
  let overtake: Promise<unknown> | undefined;
  Object.assign(held.store, {
    append: async (...given: Parameters<Holdfast['store']['append']>) => {
      Object.assign(held.store, { append });
      overtake = held.board.execute({ type: 'ClaimTask', task_id: other, worker: 'bob' });
      await overtake;
      return held.store.append(...given);
    },
  });
  return { other, answer: await claim() };
};

describe('a claim that raced for the last place and lost it', () => {
  it('is given back before anything began, with the facts and without a failure, and tells its caller', async () => {
    const task_id = await created();
    const { answer } = await overtaken(async () => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', cap: 1 }));
    expect(answer).toMatchObject({ ok: false, code: 'AtCap', limit: 'max_running', cap: 1, open: 1, source: 'call', task_id, run: 1 });
    const history = await held.board.history(task_id);
    expect(history.map(({ type }) => type)).toEqual(['TaskCreated', 'TaskClaimed', 'ClaimReleased']);
    expect(history[2]).toMatchObject({
      data: { reason: 'over_cap', note: '1 running on board main, the cap is 1 (max_running, call)', over_cap: { cap: 1, open: 1 } },
      metadata: { causation_id: history[1]?.metadata.command_id },
    });
    expect(await held.board.load(task_id)).toMatchObject({ status: 'ready', failures: 0 });
  });

  it('gets the same no again under its command id, and the task is free for others', async () => {
    const task_id = await created();
    const claim = () => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', cap: 1 }, { command_id: 'c-1' });
    const { other, answer } = await overtaken(claim);
    await held.board.execute({ type: 'CompleteTask', task_id: other, run: 1, worker: 'bob' });
    expect(await claim()).toEqual(answer);
    expect(await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', cap: 1 }, { command_id: 'c-2' })).toMatchObject({ ok: true, run: 2 });
  });

  it('ends a claimNext under a chosen command id at once, which has only one answer to give', async () => {
    await created();
    const { answer } = await overtaken(() => held.board.claimNext({ worker: 'ada', cap: 1, wait_ms: 60_000 }, { command_id: 'c-1' }));
    expect(answer).toMatchObject({ code: 'NothingToClaim', why: 'capped' });
  });

  it('gets the first answer under its command id, whatever became of the run since, where it was admitted', async () => {
    const task_id = await created();
    const claim = () => held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', cap: 1 }, { command_id: 'c-1' });
    const first = await claim();
    expect(await claim()).toEqual(first);
    await held.board.execute({ type: 'CompleteTask', task_id, run: 1, worker: 'ada' });
    expect(await claim()).toEqual(first);
  });

  it('is not taken for admitted when it was taken back before it was confirmed', async () => {
    const task_id = await created();
    const append = held.store.append.bind(held.store);
    Object.assign(held.store, {
      append: async (...given: Parameters<Holdfast['store']['append']>) => {
        const appended = await append(...given);
        Object.assign(held.store, { append });
        await held.board.execute({ type: 'ReclaimTask', task_id });
        return appended;
      },
    });
    const answer = await held.board.execute({ type: 'ClaimTask', task_id, worker: 'ada', cap: 1 });
    expect(answer).toMatchObject({ ok: false, code: 'NotClaimable', message: expect.stringContaining('claim again') });
  });
});
