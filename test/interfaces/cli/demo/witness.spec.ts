import { describe, expect, it } from '@jest/globals';
import { openHoldfast } from '../../../../src/compose.ts';
import { witness } from '../../../../src/interfaces/cli/demo/witness.ts';

const opened = async () => {
  const { board, close } = await openHoldfast({ store: 'memory:', board: 'main', actor: { kind: 'human', id: 'ana' }, surface: 'test' });
  await board.change({ type: 'CreateBoard', board: 'main' });
  const created = await board.create({ title: 'pack' });
  if (!created.ok) throw new Error(created.message);
  const over = new AbortController();
  const told: string[] = [];
  const eyes = witness({ board, signal: over.signal, tell: ({ type }) => told.push(type) });
  const end = async () => {
    over.abort('the end');
    await eyes.done;
    await close();
  };
  return { board, task_id: created.task_id, over, eyes, told, end };
};

describe('the witness of the demo', () => {
  it('sees an event that is there already, and one that is to come', async () => {
    const { board, task_id, eyes, told, end } = await opened();
    expect(await eyes.sees({ type: 'TaskCreated', task_id })).toMatchObject({ task_id, data: { title: 'pack' } });
    const coming = eyes.sees({ type: 'CommentAdded', task_id, where: ({ data }) => data.text === 'second' });
    await board.execute({ type: 'AddComment', task_id, text: 'first' });
    await board.execute({ type: 'AddComment', task_id, text: 'second' });
    expect(await coming).toMatchObject({ revision: 2n });
    expect(told).toEqual(['TaskCreated', 'CommentAdded', 'CommentAdded']);
    await end();
  });

  it('says what it expected and what it saw when the time is over', async () => {
    const { task_id, over, eyes, end } = await opened();
    await eyes.sees({ type: 'TaskCreated', task_id });
    const never = eyes.sees({ type: 'TaskGaveUp', task_id });
    over.abort('50 s');
    await expect(never).rejects.toThrow(`expected TaskGaveUp of ${task_id}, saw TaskCreated as its newest event; 50 s after 1 events`);
    await end();
  });
});
