import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import type { TaskState } from '../../src/domain/task/state.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

const parentOf = (state: TaskState): string => ('parents' in state ? (state.parents[0] ?? '') : '');

const stores = { memory: () => ({ folder: 'memory:', remove: () => undefined }), sqlite: scratch };

describe.each(Object.entries(stores))('tasks that wait for each other, on the %s store', (_, place) => {
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

  const task = async (...parents: readonly string[]): Promise<string> => {
    const answer = await held.board.create({ title: 'A task', parents: [...parents] });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const statusOf = async (id: string) => (await held.board.load(id)).status;
  const complete = (task_id: string) => held.board.execute({ type: 'CompleteTask', task_id, run: null, worker: null });
  const link = (task_id: string, ...parents: readonly string[]) => held.board.execute({ type: 'LinkTask', task_id, parents: [...parents] });
  const typesOf = async (id: string) => (await held.board.history(id)).map(({ type }) => type);

  it('go on one after the other, though nobody watches the board', async () => {
    const first = await task();
    const second = await task(first);
    const third = await task(second);
    expect([await statusOf(second), await statusOf(third)]).toEqual(['todo', 'todo']);
    await complete(first);
    expect([await statusOf(second), await statusOf(third)]).toEqual(['ready', 'todo']);
    await complete(second);
    expect(await statusOf(third)).toBe('ready');
    const [, promotion] = await held.board.history(third);
    const finish = (await held.board.history(second)).at(-1);
    expect(promotion).toMatchObject({
      type: 'TaskPromoted',
      data: { because: { by: 'parents', parent: { task_id: second, status: 'done', revision: String(finish?.revision) } } },
      metadata: { causation_id: finish?.id, actor: { kind: 'system' } },
    });
  });

  it('wait for all their parents, and a cancelled or archived one counts as finished', async () => {
    const parents = await Promise.all([task(), task(), task()]);
    const child = await task(...parents);
    await complete(parents[0] ?? '');
    await held.board.execute({ type: 'CancelTask', task_id: parents[1] ?? '' });
    expect(await statusOf(child)).toBe('todo');
    await held.board.execute({ type: 'ArchiveTask', task_id: parents[2] ?? '' });
    expect(await statusOf(child)).toBe('ready');
  });

  it('wait again when a parent is reopened, unless they run', async () => {
    const parent = await task();
    const [waits, runs] = [await task(parent), await task(parent)];
    await complete(parent);
    await held.board.execute({ type: 'ClaimTask', task_id: runs, worker: 'ada' });
    await held.board.execute({ type: 'ReopenTask', task_id: parent });
    expect([await statusOf(waits), await statusOf(runs)]).toEqual(['todo', 'running']);
  });

  it('cannot wait for themselves, however long the way round: nothing is written, and the path is named', async () => {
    const top = await task();
    const middle = await task(top);
    const low = await task(middle);
    expect(await link(top, low)).toMatchObject({ ok: false, code: 'DependencyCycle', path: [top, low, middle, top] });
    expect(await typesOf(top)).toEqual(['TaskCreated']);
  });

  it('of two links that cross, each blind to the other, one is taken back', async () => {
    const other = await holdfastAt(home.folder);
    const beside = home.folder === 'memory:' ? held.board : other.board;
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await task(), await task()];
      await Promise.all([link(a, b), beside.execute({ type: 'LinkTask', task_id: b, parents: [a] })]);
      const [left, right] = [await held.board.load(a), await held.board.load(b)];
      const links = [left, right].flatMap((state) => ('parents' in state ? state.parents : []));
      expect(links).toHaveLength(1);
      expect([left.status, right.status].toSorted()).toEqual(['ready', 'todo']);
    }
    await other.close();
  });

  it.each([
    ['was taken back since, for a cycle, is answered so', true],
    ['somebody has unlinked since gives its first answer', false],
  ])('a repeated link that %s', async (_title, taken) => {
    const [child, parent] = [await task(), await task()];
    const give = () => held.board.execute({ type: 'LinkTask', task_id: child, parents: [parent] }, { command_id: 'hang' });
    const first = await give();
    const path = [child, parent, child];
    await held.board.execute({ type: 'UnlinkTask', task_id: child, parents: [parent], ...(taken && { cycle: path }) });
    const again = await give();
    if (taken) expect(again).toMatchObject({ ok: false, code: 'DependencyCycle', path });
    else expect(again).toEqual(first);
    expect(await statusOf(child)).toBe('ready');
  });

  it('an unknown parent is refused', async () => {
    const child = await task();
    expect(await link(child, 't_0000000000')).toMatchObject({ code: 'InvalidInput', issues: [{ field: 'parents', given: 't_0000000000' }] });
    expect(await held.board.create({ title: 'x', parents: ['t_0000000000'] })).toMatchObject({ ok: false, code: 'InvalidInput' });
    expect(await typesOf(child)).toEqual(['TaskCreated']);
  });

  it('a repeated command gives its first answer, whatever became of the parents since', async () => {
    const parent = await task();
    const make = () => held.board.create({ title: 'child', parents: [parent] }, { command_id: 'make' });
    const first = await make();
    const child = first.ok ? first.task_id : '';
    const grand = await task();
    const hang = () => held.board.execute({ type: 'LinkTask', task_id: grand, parents: [child] }, { command_id: 'hang' });
    const linked = await hang();
    await complete(parent);
    await complete(child);
    expect(await make()).toMatchObject({ ok: true, task_id: child, status: 'todo', revision: '0' });
    expect(await hang()).toEqual(linked);
    expect(await typesOf(grand)).toEqual(['TaskCreated', 'TaskLinked', 'TaskDemoted', 'TaskPromoted']);
  });

  it('a fan-in of 1,000 parents goes on with the last of them', async () => {
    const parents: string[] = [];
    for (let n = 0; n < 1000; n += 1) parents.push(await task());
    const child = await task(...parents);
    const [last = '', ...others] = parents;
    await Promise.all(others.map(complete));
    expect(await statusOf(child)).toBe('todo');
    await complete(last);
    expect(await statusOf(child)).toBe('ready');
    expect(await typesOf(child)).toEqual(['TaskCreated', 'TaskPromoted']);
  }, 60_000);

  it('a chain of 1,000 has no end that could be linked to its beginning', async () => {
    const top = await task();
    let low = top;
    for (let n = 1; n < 1000; n += 1) low = await task(low);
    const chain = [low];
    for (let at = low; at !== top; chain.push(at)) at = parentOf(await held.board.load(at));
    expect(await link(top, low)).toMatchObject({ ok: false, code: 'DependencyCycle', path: [top, ...chain] });
  }, 60_000);

  it.each([
    '2999-02-31T00:00:00.000Z',
    '2999-02-29T00:00:00.000Z',
    '2999-01-01T24:00:00.000Z',
    '2999-01-01T25:00:00.000Z',
    '2999-13-01T00:00:00.000Z',
    '2999-02-31',
  ])('no task is scheduled for %s, which no calendar or clock has', async (given) => {
    const refusal = (field: string) => ({ ok: false, code: 'InvalidInput', issues: [{ field, given, problem: expect.any(String) }] });
    expect(await held.board.create({ title: 'later', scheduled_until: given })).toMatchObject(refusal('scheduled_until'));
    const [id, history] = [await task(), held.board.history];
    expect(await held.board.execute({ type: 'ScheduleTask', task_id: id, until: given })).toMatchObject(refusal('until'));
    expect(await history(id)).toHaveLength(1);
  });

  it('a schedule that is over lets its task be claimed, though nobody watches', async () => {
    const soon = new Date(Date.now() + 300).toISOString();
    const answer = await held.board.create({ title: 'later', scheduled_until: soon });
    expect(answer).toMatchObject({ ok: true, status: 'scheduled' });
    expect(await held.board.claimNext({ worker: 'ada' })).toMatchObject({ ok: false, code: 'NothingToClaim' });
    expect(await held.board.claimNext({ worker: 'ada', wait_ms: 30_000 })).toMatchObject({ ok: true, worker: 'ada' });
  });
});
