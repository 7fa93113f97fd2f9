import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Board } from '../../src/board/board.ts';
import { twoBoards, type TwoBoards } from '../support/twoBoards.ts';

/** Nobody looks after waiting tasks here: what moves, the command itself has moved. */
describe('a task whose last open parent finishes while a command decides that it waits', () => {
  let boards: TwoBoards;
  let mine: Board;
  let theirs: Board;
  beforeEach(async () => {
    boards = await twoBoards();
    ({ mine, theirs } = boards);
  });
  afterEach(() => boards.close());

  const made = async (...parents: readonly string[]): Promise<string> => {
    const answer = await mine.create({ title: 'A task', parents: [...parents] });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };
  const finish = async (task_id: string): Promise<void> => {
    expect(await theirs.execute({ type: 'CompleteTask', task_id, run: null, worker: null })).toMatchObject({ ok: true });
  };
  const finishesMeanwhile = (task_id: string): void => {
    boards.meanwhile(() => finish(task_id));
  };
  const goesOn = async (child: string, parent: string): Promise<void> => {
    expect(await theirs.load(child)).toMatchObject({ status: 'ready' });
    const [finished, promoted] = [(await theirs.history(parent)).at(-1), (await theirs.history(child)).at(-1)];
    expect(promoted).toMatchObject({
      type: 'TaskPromoted',
      data: { because: { by: 'parents', parent: { task_id: parent } } },
      metadata: { causation_id: finished?.id, actor: { kind: 'system' } },
    });
  };

  it('goes on when it was just created', async () => {
    const parent = await made();
    finishesMeanwhile(parent);
    await goesOn(await made(parent), parent);
  });

  it('goes on when it was just linked', async () => {
    const [parent, child] = [await made(), await made()];
    finishesMeanwhile(parent);
    expect(await mine.execute({ type: 'LinkTask', task_id: child, parents: [parent] })).toMatchObject({ ok: true });
    await goesOn(child, parent);
  });

  it('goes on when it was just unlinked from the other one', async () => {
    const [parent, other] = [await made(), await made()];
    const child = await made(parent, other);
    finishesMeanwhile(parent);
    expect(await mine.execute({ type: 'UnlinkTask', task_id: child, parents: [other] })).toMatchObject({ ok: true });
    await goesOn(child, parent);
  });

  it.each([{ type: 'ReopenTask' }, { type: 'DemoteTask' }, { type: 'ClaimTask', worker: 'ada' }] as const)('goes on after $type', async (command) => {
    const parent = await made();
    const child = await made(parent);
    await finish(parent);
    await mine.execute({ type: 'PromoteTask', task_id: child });
    if (command.type === 'ReopenTask') await finish(child);
    await theirs.execute({ type: 'ReopenTask', task_id: parent });
    finishesMeanwhile(parent);
    await mine.execute({ ...command, task_id: child });
    expect((await theirs.history(child)).map(({ type }) => type)).toContain('TaskDemoted');
    await goesOn(child, parent);
  });

  it('goes on after a block that waits for it', async () => {
    const parent = await made();
    const child = await made(parent);
    await finish(parent);
    await mine.execute({ type: 'PromoteTask', task_id: child });
    await theirs.execute({ type: 'ReopenTask', task_id: parent });
    finishesMeanwhile(parent);
    expect(await mine.execute({ type: 'BlockTask', task_id: child, run: null, worker: null, kind: 'dependency', reason: 'first that one' })).toMatchObject({
      ok: true,
    });
    await goesOn(child, parent);
  });

  it('waits on for a parent that is still open', async () => {
    const [parent, open] = [await made(), await made()];
    finishesMeanwhile(parent);
    const child = await made(open, parent);
    expect((await theirs.history(child)).map(({ type }) => type)).toEqual(['TaskCreated']);
  });
});
