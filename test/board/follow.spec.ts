import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { START } from '../../src/eventstore/port.ts';
import { holdfastAt } from '../support/holdfast.ts';

it('tells a follower of an event that this version cannot read, and goes on', async () => {
  const { board, store, close } = await holdfastAt('memory:');
  const created = await board.create({ title: 'Pack' });
  const task_id = created.ok ? created.task_id : '';
  await store.append(`task-${task_id}`, [{ id: randomUUID(), type: 'TaskTeleported', data: {}, metadata: { board: 'main' } }], 0n);
  const told = [];
  for await (const batch of board.follow({ after: START })) {
    told.push(...batch.events.map(({ type }) => type), ...batch.unreadable.map(({ type, revision }) => `${type} at ${revision} cannot be read`));
    if (batch.caught_up) break;
  }
  expect(told).toEqual(['TaskCreated', 'TaskTeleported at 1 cannot be read']);
  await close();
});
